// Settings from the environment of the process, for containers: PARAPH_DNS__TIMEOUT=2s is what `timeout: 2s`
// below `dns:` is in a file. They count before the file. The environment has settings alone: domains and
// their keys are in files.
#pragma once

#include "base/result.h"
#include "config/load.h"

#include <string>
#include <string_view>
#include <vector>

namespace config {

struct Variable {
    std::string name; // "PARAPH_DNS__TIMEOUT"
    std::string value;
};

// Those whose names begin with PARAPH_, in the order of their names, of an environment as a process has it:
// "NAME=VALUE", a null pointer at the end.
[[nodiscard]] std::vector<Variable> variables_of(const char* const* environment);

// The variable of a setting: "PARAPH_DNS__TIMEOUT" of "dns.timeout".
[[nodiscard]] std::string variable_name(std::string_view path);

// The setting of a variable, "dns.timeout"; empty: there is none.
[[nodiscard]] std::string_view path_of(std::string_view variable);

// The variable as a file would have it, or why it is no setting's.
[[nodiscard]] base::Result<std::string, std::string> yaml_of(const Variable& variable);

// As load_file_as(); what is wrong with a variable names it in place of the file.
[[nodiscard]] Loaded load_file_as(std::string_view yaml, const std::string& path,
                                  const std::vector<Variable>& variables);

} // namespace config
