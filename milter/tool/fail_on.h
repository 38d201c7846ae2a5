// --fail-on: the results that a script wants reported by the exit code.
#pragma once

#include "authres/result.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace milter::tool {

struct Wanted {
    std::string method; // "dmarc"; empty: any
    std::string result; // "fail"
};

// "fail", "dmarc=fail,spf=softfail": words of RFC 8601, letters in any case. The error says what is wrong.
[[nodiscard]] base::Result<std::vector<Wanted>, std::string> parse_fail_on(std::string_view text);

// The first method that is named and was not checked; or empty.
[[nodiscard]] std::string_view unchecked_method(const std::vector<Wanted>& wanted,
                                                const std::vector<authres::MethodResult>& results);

// True when one of the results is one of those.
[[nodiscard]] bool has_any(const std::vector<Wanted>& wanted,
                           const std::vector<authres::MethodResult>& results);

} // namespace milter::tool
