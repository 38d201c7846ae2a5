// What a side does with a message, in a form that can be compared: the old programs together are one side,
// paraphd is the other.
#pragma once

#include "message/parse_message.h"
#include "milter/tool/probe_session.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace milter::tool::compare {

// What a DKIM-Signature field says, but for its time and its hashes.
struct Signed {
    std::string name; // d= and s=: "example.org/s2026"
    std::string algorithm;
    std::string canonicalization;
    std::string identity;                    // i=; empty: as it is without one
    std::vector<std::string> fields;         // h=, in lower case
    bool has_time = false;                   // t=
    bool has_length = false;                 // l=
    std::optional<std::uint64_t> lifetime{}; // x= less t=

    bool operator==(const Signed&) const = default;
};

// One result that is written into the message.
struct Written {
    std::string method; // "dkim"
    std::string about;  // whose: "example.org/s2026", an identity of SPF, the author's domain
    std::string result;
    std::string why{}; // the words beside it

    bool operator==(const Written&) const = default;
};

enum class Fate : std::uint8_t { accept, quarantine, reject, tempfail, discard, fails };

struct Answer {
    Fate fate = Fate::accept;
    std::string text{};       // of the reply, or what failed
    std::string refused_by{}; // which of the old programs, where it was one
    std::vector<Signed> signatures{};
    std::vector<Written> results{};
    bool spf_is_told = false;    // by the one whose word counts; other fields say nothing of it
    std::set<std::string> ids{}; // authserv-ids under which results are written
};

[[nodiscard]] std::string_view print(Fate fate);

// Nothing: the field is none.
[[nodiscard]] std::optional<Signed> read_signed(std::string_view body);

// Adds the results of an Authentication-Results field; one without an id gives none.
void add_results(std::string_view body, Answer& answer);

// The result of a Received-SPF field (RFC 7208 9.1) takes the place of what another field says of SPF.
void add_received_spf(std::string_view body, Answer& answer);

// Adds what a milter answered: of several the first fate that is none of `accept` counts.
void add_answer(const ProbeResult& told, Answer& answer);

// What policyd-spf answered, and the field that Postfix puts on top; empty: none.
[[nodiscard]] std::string add_action(std::string_view action, Answer& answer);

} // namespace milter::tool::compare
