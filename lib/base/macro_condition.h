// A condition on a macro that a mail server gives its milters: that it has a value, or one of a few.
//
//     {daemon_port}=587|465      {auth_type}
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace base {

struct MacroCondition {
    std::string name;                // with its braces: "{daemon_port}"
    std::vector<std::string> values; // empty: whatever is not empty

    // As OpenDKIM's MacroList has it. The braces may be left out.
    [[nodiscard]] static Result<MacroCondition> parse(std::string_view text);

    // `value` is empty where the mail server gave none. Case counts.
    [[nodiscard]] bool holds(std::string_view value) const;
    [[nodiscard]] std::string print() const;

    bool operator==(const MacroCondition&) const = default;
};

} // namespace base
