// What Authentication-Results says about one signature (RFC 8601 2.7.1).
#pragma once

#include <cstdint>
#include <string_view>

namespace dkim {

enum class Result : std::uint8_t { none, pass, fail, policy, neutral, temperror, permerror };

[[nodiscard]] std::string_view print(Result result);

} // namespace dkim
