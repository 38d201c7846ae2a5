// Who gets no reports, and until when: an address, all of a mail host, or whoever reads about a domain. Three
// things that are easily taken for each other, so that each is named.
#pragma once

#include "base/result.h"
#include "base/unix_time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace milter::tool::reports {

enum class SuppressBy : std::uint8_t {
    address,       // ann@example.org
    host,          // example.org: all addresses there
    policy_domain, // example.org: reports about it, wherever they go
};

[[nodiscard]] const char* print(SuppressBy by);
[[nodiscard]] std::optional<SuppressBy> read_suppress_by(std::string_view text);

struct Suppression {
    SuppressBy by = SuppressBy::address;
    std::string what;         // an addr-spec with its domain in A-labels and lower case, or a domain
    base::UnixTime until = 0; // 0: for ever
    std::string comment;      // one line
    int bounces = 0;          // that made it; 0: somebody put it here

    bool operator==(const Suppression&) const = default;
};

[[nodiscard]] bool holds(const Suppression& suppression, base::UnixTime now);

// As it is looked up: of an address the domain in lower case, which its local part is not: that is its
// host's own, but who refuses ann@ refuses Ann@. Refused: what is no such name.
[[nodiscard]] base::Result<std::string, std::string> suppressed_name(SuppressBy by, std::string_view text);

// One that a bounce makes, for longer than the last one was. `before`: what there was for the address. One
// for ever, what somebody put there for longer, and what a bounce made and is not over stay: an address may
// have many reports of one evening, and their bounces are one piece of news.
[[nodiscard]] Suppression bounced(const std::string& address, const std::optional<Suppression>& before,
                                  base::UnixTime now, std::string_view why);

} // namespace milter::tool::reports
