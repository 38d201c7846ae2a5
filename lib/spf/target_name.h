// From a domain-spec to the <target-name> (RFC 7208 4.8). Internal to lib/spf.
#pragma once

#include "spf/run.h"

namespace spf {

struct Target {
    std::string name = {};     // as text that may or may not be askable
    std::string unusable = {}; // not empty: why there is no name
};

[[nodiscard]] Awaited<MacroValues> macro_values(Run& run, const Scope& scope, const MacroString& text);

// Why `text` cannot be expanded for this sender; empty when it can.
[[nodiscard]] std::string why_unusable(const Run& run, const MacroString& text);

[[nodiscard]] Awaited<Target> target_name(Run& run, const Scope& scope, const MacroString& domain_spec);
// Without a domain-spec: the domain of the record.
[[nodiscard]] Awaited<Target> target_name(Run& run, const Scope& scope,
                                          const std::optional<MacroString>& domain_spec);

} // namespace spf
