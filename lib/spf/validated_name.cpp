#include "spf/validated_name.h"

#include "base/ascii.h"

#include <algorithm>

namespace spf {

namespace {

enum class Rank { same, below, other };

Rank rank(std::string_view name, std::string_view domain) {
    if (domain.empty() || name.size() < domain.size() ||
        !base::iequals(name.substr(name.size() - domain.size()), domain)) {
        return Rank::other;
    }
    if (name.size() == domain.size()) {
        return Rank::same;
    }
    return name[name.size() - domain.size() - 1] == '.' ? Rank::below : Rank::other;
}

struct Candidate {
    std::string_view name;
    Rank rank;
};

// RFC 7208 4.6.4: of the PTR records all but the first ten are ignored.
std::vector<Candidate> candidates(const dns::Answer& reverse, std::size_t limit, std::string_view domain,
                                  bool within) {
    std::vector<Candidate> found;
    for (const std::string& name : reverse.names) {
        if (limit-- == 0) {
            break;
        }
        const Rank rank_of_name = rank(name, domain);
        if (!within || rank_of_name != Rank::other) {
            found.push_back({name, rank_of_name});
        }
    }
    // RFC 7208 7.3: the domain itself should be used, then a subdomain, then any name.
    std::stable_sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.rank < b.rank; });
    return found;
}

} // namespace

const dns::Answer* ask_reverse_names(Run& run) {
    return run.dns.ask(run.request.client.reverse_name(), dns::Type::ptr);
}

Awaited<std::string> find_validated_name(Run& run, const dns::Answer& reverse, std::string_view domain,
                                         bool within) {
    if (domain.ends_with('.')) {
        domain.remove_suffix(1);
    }
    const auto names = candidates(reverse, run.options.limits.ptr_names, domain, within);
    const dns::Type type = dns::address_type(run.request.client);
    if (run.options.look_ahead != LookAhead::none) {
        for (const Candidate& candidate : names) {
            run.dns.expect(candidate.name, type);
        }
    }
    for (const Candidate& candidate : names) {
        const dns::Answer* answer = run.dns.ask(candidate.name, type);
        if (answer == nullptr) {
            return dns::unanswered;
        }
        // RFC 7208 5.5: a name whose addresses cannot be had is skipped. Names without addresses are no void
        // lookups here: whoever owns the client's address could otherwise turn a fail into a permerror (4.6.4
        // tells why the client's names are treated differently).
        if (std::find(answer->addresses.begin(), answer->addresses.end(), run.request.client) !=
            answer->addresses.end()) {
            return std::string(candidate.name);
        }
    }
    return std::string();
}

Awaited<std::string> validated_name(Run& run, std::string_view domain) {
    const dns::Answer* reverse = ask_reverse_names(run);
    if (reverse == nullptr) {
        return dns::unanswered;
    }
    auto name = find_validated_name(run, *reverse, domain, false);
    if (name && name->empty()) {
        name = "unknown";
    }
    return name;
}

} // namespace spf
