#include "iprev/evaluate.h"

#include "base/domain_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace iprev {

namespace {

Verdict verdict(Result result, std::string reason) {
    Verdict verdict;
    verdict.result = result;
    verdict.reason = std::move(reason);
    return verdict;
}

// RFC 8601 2.7.3: no PTR data, or an answer that is malformed, is permerror; what may go better next time is
// temperror.
Verdict without_names(const dns::Answer& answer) {
    if (answer.status != dns::Status::failed) {
        return verdict(Result::permerror, "no reverse name");
    }
    const bool permanent = answer.failure == dns::Failure::malformed;
    return verdict(permanent ? Result::permerror : Result::temperror,
                   fmt::format("reverse lookup: {}", print(answer.failure)));
}

// The names worth a forward query. One that is no domain name could not be shown to anybody.
std::vector<std::string> candidates(const dns::Answer& answer, const Limits& limits) {
    std::vector<std::string> names;
    for (const std::string& name : answer.names) {
        if (names.size() == limits.names) {
            break;
        }
        if (const auto domain = base::DomainName::parse(name)) {
            names.push_back(domain->text());
        }
    }
    return names;
}

bool leads_to(const dns::Answer& answer, const base::IpAddress& client) {
    return std::find(answer.addresses.begin(), answer.addresses.end(), client) != answer.addresses.end();
}

dns::Awaited<Verdict> find_name(const base::IpAddress& client, dns::Inquiry& dns, const Limits& limits) {
    const dns::Answer* reverse = dns.ask(client.reverse_name(), dns::Type::ptr);
    if (reverse == nullptr) {
        return dns::unanswered;
    }
    if (reverse->status != dns::Status::found) {
        return without_names(*reverse);
    }
    const dns::Type type = dns::address_type(client);
    std::string failure;
    for (const std::string& name : candidates(*reverse, limits)) {
        const dns::Answer* forward = dns.ask(name, type);
        if (forward == nullptr) {
            continue;
        }
        // The first name in the order of the answer counts, whichever answer arrived first.
        if (leads_to(*forward, client) && dns.questions().empty()) {
            return Verdict{Result::pass, name, {}};
        }
        if (forward->status == dns::Status::failed && failure.empty()) {
            failure = fmt::format("lookup of {}: {}", name, print(forward->failure));
        }
    }
    if (!dns.questions().empty()) {
        return dns::unanswered;
    }
    // A name whose addresses could not be had may be the one that leads back.
    return failure.empty() ? verdict(Result::fail, "no reverse name leads back to the address")
                           : verdict(Result::temperror, std::move(failure));
}

} // namespace

std::string_view print(Result result) {
    switch (result) {
    case Result::pass:
        return "pass";
    case Result::fail:
        return "fail";
    case Result::temperror:
        return "temperror";
    case Result::permerror:
        return "permerror";
    }
    return "?";
}

Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options) {
    dns::Inquiry dns(known);
    auto verdict = find_name(request.client, dns, options.limits);
    if (verdict) {
        verdict->address = request.client.print();
    }
    return dns::outcome(std::move(verdict), dns);
}

} // namespace iprev
