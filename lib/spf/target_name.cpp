#include "spf/target_name.h"

#include "spf/validated_name.h"

namespace spf {

Awaited<MacroValues> macro_values(Run& run, const Scope& scope, const MacroString& text) {
    MacroValues values{.local_part = run.sender.local_part,
                       .sender_domain = run.sender.domain,
                       .domain = scope.domain,
                       .helo = run.sender.helo,
                       .receiver = run.request.receiver,
                       .client = run.request.client,
                       .now = run.request.now};
    if (text.uses('p')) {
        auto name = validated_name(run, scope.domain);
        if (!name) {
            return dns::unanswered;
        }
        values.validated_name = *std::move(name);
    }
    return values;
}

std::string why_unusable(const Run& run, const MacroString& text) {
    if (text.uses_local_part() && !run.sender.local_part_usable) {
        return "the local-part is not ASCII, or too long for a macro";
    }
    if (text.uses('h') && !run.sender.helo_usable) {
        return "the HELO name is not ASCII, or too long for a macro";
    }
    return {};
}

Awaited<Target> target_name(Run& run, const Scope& scope, const MacroString& domain_spec) {
    if (auto reason = why_unusable(run, domain_spec); !reason.empty()) {
        return Target{.unusable = std::move(reason)};
    }
    const auto values = macro_values(run, scope, domain_spec);
    if (!values) {
        return dns::unanswered;
    }
    return Target{.name = expand_name(domain_spec, *values)};
}

Awaited<Target> target_name(Run& run, const Scope& scope, const std::optional<MacroString>& domain_spec) {
    return domain_spec ? target_name(run, scope, *domain_spec) : Target{.name = scope.domain};
}

} // namespace spf
