// iprev: does the client's reverse name lead back to its address? (RFC 8601 2.7.3 and 3)
#pragma once

#include "base/ip_address.h"
#include "dns/awaited.h"
#include "iprev/options.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace iprev {

enum class Result : std::uint8_t { pass, fail, temperror, permerror };

[[nodiscard]] std::string_view print(Result result);

struct Request {
    base::IpAddress client;
};

struct Verdict {
    Result result = Result::fail;
    std::string name;      // the first name that led back; empty otherwise
    std::string reason;    // why not pass
    std::string address{}; // of the client
};

using Outcome = dns::Outcome<Verdict>;

// The first names that the reverse lookup gives are tried, all in one round of questions.
[[nodiscard]] Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options);

} // namespace iprev
