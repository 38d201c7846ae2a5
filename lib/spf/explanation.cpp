#include "spf/explanation.h"

#include "base/ascii.h"
#include "spf/target_name.h"

namespace spf {

namespace {

Awaited<std::string> expand_explanation(Run& run, const Scope& scope, std::string_view source) {
    const auto text = MacroString::parse(source, MacroString::Use::explanation);
    if (!text || !why_unusable(run, *text).empty()) {
        return std::string();
    }
    const auto values = macro_values(run, scope, *text);
    if (!values) {
        return dns::unanswered;
    }
    auto expanded = expand_text(*text, *values, run.options.limits.explanation);
    // RFC 7208 6.2: US-ASCII only; and, as it goes into an SMTP reply, no control characters from the
    // sender's side.
    return expanded && base::all_printable(*expanded) ? *std::move(expanded) : std::string();
}

} // namespace

// RFC 7208 6.2: whatever goes wrong, the check goes on as if there were no exp modifier. Its lookup counts
// neither as a term nor as a void lookup (4.6.4).
Awaited<std::string> explanation(Run& run) {
    if (!run.explainer) {
        return std::string();
    }
    const Scope scope{run.explainer->domain, 0};
    const auto target = target_name(run, scope, run.explainer->target);
    if (!target) {
        return dns::unanswered;
    }
    if (!target->unusable.empty()) {
        return std::string();
    }
    const dns::Answer* answer = run.dns.ask(target->name, dns::Type::txt);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    if (answer->texts.size() != 1 || answer->texts.front().size() > run.options.limits.record) {
        return std::string();
    }
    return expand_explanation(run, scope, answer->texts.front());
}

} // namespace spf
