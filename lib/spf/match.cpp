#include "spf/match.h"

#include "base/ascii.h"
#include "spf/target_name.h"
#include "spf/validated_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace spf {

namespace {

using base::printable;

// An exception ends the evaluation (RFC 7208 4.6.2), so its reason is the problem of the verdict.
Finding exception(Run& run, Match match, std::string why) {
    run.set_problem(why);
    return {match, std::move(why)};
}

Finding plain(bool matches) {
    return {matches ? Match::yes : Match::no, {}};
}

// A finding that `words` tells more of than the plain sentence, where somebody will read it.
template <class Words>
Finding told(const Run& run, Match match, const Words& words) {
    return {match, run.recording() ? words() : std::string()};
}

// RFC 7208 5: an error other than NXDOMAIN stops the mechanism, and the topmost check_host returns temperror.
Finding failed_lookup(Run& run, const dns::Question& question, const dns::Answer& answer) {
    return exception(run, Match::temperror,
                     fmt::format("{} could not be looked up: {}", print(question), print(answer.failure)));
}

// RFC 7208 4.6.4, 11.1: what is limited is the terms whose lookup finds no name or no data. The hosts of an
// MX set have a limit of their own, and are no void lookup of the term that found them: a client that comes
// by IPv6 to a domain whose hosts have IPv4 only would otherwise make its record permerror.
enum class Lookup { of_term, of_mail_host };

Finding void_lookup(Run& run, Lookup lookup, const dns::Question& question, const dns::Answer& answer) {
    if (lookup == Lookup::of_term && ++run.verdict.void_lookups > run.options.limits.void_lookups) {
        return exception(run, Match::permerror,
                         fmt::format("more than {} void lookups, the last one {} ({})",
                                     run.options.limits.void_lookups, print(question), print(answer.status)));
    }
    return told(run, Match::no, [&] {
        return fmt::format("no match: {} found nothing ({})", print(question), print(answer.status));
    });
}

// Goes on to `next(answer)` when the lookup finds records.
template <class Next>
Awaited<Finding> with_records(Run& run, std::string_view name, dns::Type type, Next next,
                              Lookup lookup = Lookup::of_term) {
    const auto question = dns::make_question(name, type);
    if (!question) {
        // RFC 7208 4.8 leaves a malformed target-name to us: there is no such name, and nothing matches.
        return told(run, Match::no,
                    [&] { return fmt::format("no match: {} is not a domain name", printable(name, 253)); });
    }
    const dns::Answer* answer = run.dns.ask(name, type);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    switch (answer->status) {
    case dns::Status::found:
        return next(*answer);
    case dns::Status::no_data:
    case dns::Status::no_name: // RFC 7208 5: as if no records had been returned
        return void_lookup(run, lookup, *question, *answer);
    case dns::Status::failed:
        break;
    }
    return failed_lookup(run, *question, *answer);
}

// RFC 8601 2.7.2: an evaluation that used the local-part may report it.
void note_use(Run& run, const MacroString& domain_spec) {
    run.verdict.used_local_part = run.verdict.used_local_part || domain_spec.uses_local_part();
}

void note_use(Run& run, const std::optional<MacroString>& domain_spec) {
    if (domain_spec) {
        note_use(run, *domain_spec);
    }
}

// Goes on to `next(name)` with the <target-name>. `domain_spec` is a MacroString, or an optional one.
template <class DomainSpec, class Next>
Awaited<Finding> with_target(Run& run, const Scope& scope, const DomainSpec& domain_spec, Next next) {
    note_use(run, domain_spec);
    auto target = target_name(run, scope, domain_spec);
    if (!target) {
        return dns::unanswered;
    }
    if (!target->unusable.empty()) { // RFC 8616 4: such a term does not match
        return told(run, Match::no, [&] { return "no match: " + target->unusable; });
    }
    return next(std::move(target->name));
}

// The addresses of one name against the client: a, and each host of mx.
Awaited<Finding> match_addresses(Run& run, std::string_view name, const PrefixLengths& prefix,
                                 Lookup lookup) {
    const base::IpAddress& client = run.request.client;
    const auto compare = [&](const dns::Answer& answer) {
        const unsigned length = client.is_v4() ? prefix.v4 : prefix.v6;
        const auto matches = [&](const base::IpAddress& address) {
            return base::IpNetwork(address, length).contains(client);
        };
        const auto found = std::find_if(answer.addresses.begin(), answer.addresses.end(), matches);
        const bool match = found != answer.addresses.end();
        return told(run, match ? Match::yes : Match::no, [&] {
            return match ? fmt::format("matches: {} is at {}", printable(name), found->print())
                         : fmt::format("no match: {} is at {} other address(es)", printable(name),
                                       answer.addresses.size());
        });
    };
    return with_records(run, name, dns::address_type(client), compare, lookup);
}

// By preference, then by name: the verdict does not depend on the order in which a server sends them.
std::vector<dns::MailExchange> sorted_hosts(const dns::Answer& answer) {
    std::vector<dns::MailExchange> hosts;
    for (const dns::MailExchange& exchange : answer.exchanges) {
        if (!exchange.host.empty()) { // RFC 7505 3: the null MX names no host
            hosts.push_back(exchange);
        }
    }
    std::sort(hosts.begin(), hosts.end());
    return hosts;
}

Awaited<Finding> match_hosts(Run& run, const std::vector<dns::MailExchange>& hosts,
                             const PrefixLengths& prefix) {
    if (run.options.look_ahead != LookAhead::none) {
        for (const dns::MailExchange& exchange : hosts) {
            run.dns.expect(exchange.host, dns::address_type(run.request.client));
        }
    }
    for (const dns::MailExchange& exchange : hosts) {
        auto finding = match_addresses(run, exchange.host, prefix, Lookup::of_mail_host);
        if (!finding || finding->match != Match::no) {
            return finding;
        }
    }
    // RFC 7208 5.4: the domain's own address never stands in for a missing MX.
    return told(run, Match::no,
                [&] { return fmt::format("no match: the client is none of {} mail host(s)", hosts.size()); });
}

// What the result of the included record means to the mechanism (the table in RFC 7208 5.2).
Match match_of(Result result) {
    switch (result) {
    case Result::pass:
        return Match::yes;
    case Result::fail:
    case Result::softfail:
    case Result::neutral:
        return Match::no;
    case Result::temperror:
        return Match::temperror;
    case Result::permerror:
    case Result::none:
        return Match::permerror;
    }
    return Match::permerror;
}

std::string_view words(Match match) {
    switch (match) {
    case Match::no:
        return "no match";
    case Match::yes:
        return "matches";
    case Match::temperror:
        return "temporary error";
    case Match::permerror:
        return "permanent error";
    }
    return "?";
}

// RFC 7208 5.1
Awaited<Finding> match_one(Run&, const Scope&, const All&) {
    return plain(true);
}

// RFC 7208 5.2
Awaited<Finding> match_one(Run& run, const Scope& scope, const Include& include) {
    return with_target(run, scope, include.target, [&](std::string name) -> Awaited<Finding> {
        const auto result = evaluate_domain(run, {std::move(name), scope.depth + 1});
        if (!result) {
            return dns::unanswered;
        }
        const Match match = match_of(*result);
        return told(run, match, [&] { return fmt::format("{} ({})", words(match), print(*result)); });
    });
}

// RFC 7208 5.3
Awaited<Finding> match_one(Run& run, const Scope& scope, const A& a) {
    return with_target(run, scope, a.target, [&](const std::string& name) {
        return match_addresses(run, name, a.prefix, Lookup::of_term);
    });
}

// RFC 7208 5.4
Awaited<Finding> match_one(Run& run, const Scope& scope, const Mx& mx) {
    return with_target(run, scope, mx.target, [&](const std::string& name) {
        return with_records(run, name, dns::Type::mx, [&](const dns::Answer& answer) -> Awaited<Finding> {
            // RFC 7208 4.6.4: more than ten names are a permerror, whether one of them would match or not.
            if (answer.exchanges.size() > run.options.limits.mx_names) {
                return exception(run, Match::permerror,
                                 fmt::format("{} has more than {} MX records", printable(name),
                                             run.options.limits.mx_names));
            }
            return match_hosts(run, sorted_hosts(answer), mx.prefix);
        });
    });
}

Awaited<Finding> match_reverse_names(Run& run, const dns::Answer& reverse, std::string_view target) {
    const auto name = find_validated_name(run, reverse, target, true);
    if (!name) {
        return dns::unanswered;
    }
    if (name->empty()) {
        return told(run, Match::no, [&] {
            return fmt::format("no match: no reverse name of the client leads back to it from within {}",
                               printable(target));
        });
    }
    return told(run, Match::yes,
                [&] { return fmt::format("matches: {} leads back to the client", printable(*name)); });
}

// RFC 7208 5.5
Awaited<Finding> match_one(Run& run, const Scope& scope, const Ptr& ptr) {
    return with_target(run, scope, ptr.target, [&](const std::string& name) -> Awaited<Finding> {
        const dns::Answer* reverse = ask_reverse_names(run);
        if (reverse == nullptr) {
            return dns::unanswered;
        }
        switch (reverse->status) {
        case dns::Status::found:
            return match_reverse_names(run, *reverse, name);
        case dns::Status::no_data:
        case dns::Status::no_name:
            return void_lookup(run, Lookup::of_term, {run.request.client.reverse_name(), dns::Type::ptr},
                               *reverse);
        case dns::Status::failed: // fails to match, unlike every other mechanism
            break;
        }
        return told(run, Match::no, [&] {
            return fmt::format("no match: the reverse lookup failed ({})", print(reverse->failure));
        });
    });
}

// RFC 7208 5.6
Awaited<Finding> match_one(Run& run, const Scope&, const Ip4& ip4) {
    return plain(ip4.network.contains(run.request.client));
}

Awaited<Finding> match_one(Run& run, const Scope&, const Ip6& ip6) {
    return plain(ip6.network.contains(run.request.client));
}

// RFC 7208 5.7
Awaited<Finding> match_one(Run& run, const Scope& scope, const Exists& exists) {
    return with_target(run, scope, exists.target, [&](const std::string& name) {
        // Type A for IPv6 clients too.
        return with_records(run, name, dns::Type::a, [&](const dns::Answer&) {
            return told(run, Match::yes, [&] { return fmt::format("matches: {} exists", printable(name)); });
        });
    });
}

} // namespace

Awaited<Finding> match(Run& run, const Scope& scope, const Mechanism& mechanism) {
    auto finding = std::visit([&](const auto& one) { return match_one(run, scope, one); }, mechanism);
    if (finding && finding->what.empty() && run.recording()) {
        finding->what = words(finding->match);
    }
    return finding;
}

} // namespace spf
