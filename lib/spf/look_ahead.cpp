#include "spf/look_ahead.h"

#include "base/domain_name.h"
#include "spf/select.h"
#include "spf/target_name.h"
#include "spf/validated_name.h"

namespace spf {

namespace {

// RFC 7208 4.6.4 bounds what may be asked at all: a term beyond the limit will never be evaluated.
bool take_term(Run& run) {
    return run.verdict.terms + run.terms_ahead < run.options.limits.terms && ++run.terms_ahead > 0;
}

bool uses_reverse_name(const MacroString& domain_spec) {
    return domain_spec.uses('p');
}
bool uses_reverse_name(const std::optional<MacroString>& domain_spec) {
    return domain_spec && domain_spec->uses('p');
}

// The target-name, where the look-ahead may ask for it. %{p} costs up to eleven lookups of its own: only with
// `all`. `domain_spec` is a MacroString, or an optional one.
template <class DomainSpec>
std::optional<std::string> name_ahead(Run& run, const Scope& scope, const DomainSpec& domain_spec) {
    if (run.options.look_ahead != LookAhead::all && uses_reverse_name(domain_spec)) {
        return std::nullopt;
    }
    auto target = target_name(run, scope, domain_spec);
    if (!target || !target->unusable.empty()) {
        return std::nullopt;
    }
    return std::move(target->name);
}

void expect_addresses(Run& run, const dns::Answer& mail_hosts) {
    if (mail_hosts.exchanges.size() > run.options.limits.mx_names) {
        return;
    }
    for (const dns::MailExchange& exchange : mail_hosts.exchanges) {
        run.dns.expect(exchange.host, dns::address_type(run.request.client));
    }
}

// Into the record of an include or redirect, as far as it is known already.
void look_into(Run& run, const Scope& scope, const MacroString& domain_spec, std::size_t depth) {
    auto name = name_ahead(run, scope, domain_spec);
    if (!name || !base::is_multi_label(*name)) {
        return;
    }
    const dns::Answer* answer = run.dns.ask(*name, dns::Type::txt);
    if (answer == nullptr) {
        return;
    }
    const Selection selection = select_record(*answer);
    if (selection.count != 1 || selection.text.size() > run.options.limits.record) {
        return;
    }
    if (const auto record = run.read(selection.text)) {
        look_ahead(run, {*std::move(name), depth}, *record, 0);
    }
}

// What one mechanism will ask. The terms that compare addresses alone ask nothing.
void expect(Run&, const Scope&, const All&) {}
void expect(Run&, const Scope&, const Ip4&) {}
void expect(Run&, const Scope&, const Ip6&) {}

void expect(Run& run, const Scope& scope, const Include& include) {
    look_into(run, scope, include.target, scope.depth + 1);
}

void expect(Run& run, const Scope& scope, const A& a) {
    if (run.options.look_ahead != LookAhead::all) {
        return;
    }
    if (const auto name = name_ahead(run, scope, a.target)) {
        run.dns.expect(*name, dns::address_type(run.request.client));
    }
}

void expect(Run& run, const Scope& scope, const Mx& mx) {
    if (run.options.look_ahead != LookAhead::all) {
        return;
    }
    if (const auto name = name_ahead(run, scope, mx.target)) {
        if (const dns::Answer* hosts = run.dns.ask(*name, dns::Type::mx)) {
            expect_addresses(run, *hosts);
        }
    }
}

void expect(Run& run, const Scope& scope, const Ptr& ptr) {
    if (run.options.look_ahead != LookAhead::all) {
        return;
    }
    const dns::Answer* reverse = ask_reverse_names(run);
    const auto name = name_ahead(run, scope, ptr.target);
    if (reverse != nullptr && name) {
        (void)find_validated_name(run, *reverse, *name, true);
    }
}

void expect(Run& run, const Scope& scope, const Exists& exists) {
    if (run.options.look_ahead != LookAhead::all) {
        return;
    }
    if (const auto name = name_ahead(run, scope, exists.target)) {
        run.dns.expect(*name, dns::Type::a);
    }
}

// Whether the evaluation will end at this term, whatever the DNS says: nothing behind it will be asked.
bool is_end(const Mechanism& mechanism, const base::IpAddress& client) {
    if (const auto* ip4 = std::get_if<Ip4>(&mechanism)) {
        return ip4->network.contains(client);
    }
    if (const auto* ip6 = std::get_if<Ip6>(&mechanism)) {
        return ip6->network.contains(client);
    }
    return std::holds_alternative<All>(mechanism);
}

} // namespace

void look_ahead(Run& run, const Scope& scope, const Record& record, std::size_t next) {
    if (run.options.look_ahead == LookAhead::none) {
        return;
    }
    for (; next < record.directives.size(); ++next) {
        const Mechanism& mechanism = record.directives[next].mechanism;
        if (is_end(mechanism, run.request.client)) {
            return;
        }
        if (!queries_dns(mechanism)) {
            continue;
        }
        if (!take_term(run)) {
            return;
        }
        std::visit([&](const auto& one) { expect(run, scope, one); }, mechanism);
    }
    if (record.redirect && take_term(run)) {
        look_into(run, scope, *record.redirect, scope.depth);
    }
}

} // namespace spf
