#include "authres/own_result.h"

#include "authres/claims.h"
#include "authres/forged_fields.h"
#include "authres/parse.h"
#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace authres {

namespace {

using Domains = std::vector<base::DomainName>;

bool is_result(const MethodResult& result, std::string_view method, std::string_view word) {
    return base::iequals(result.method, method) && base::iequals(result.result, word);
}

// The domain of a name or an address.
std::optional<base::DomainName> domain_in(std::string_view value) {
    const auto at = value.rfind('@');
    return base::DomainName::parse_international(at == std::string_view::npos ? value : value.substr(at + 1));
}

Domains domains_of(const MethodResult& result, std::string_view ptype, std::string_view name) {
    Domains domains;
    for (const Property& property : result.properties) {
        if (base::iequals(property.ptype, ptype) && base::iequals(property.name, name)) {
            if (auto domain = domain_in(property.value)) {
                domains.push_back(std::move(*domain));
            }
        }
    }
    return domains;
}

bool share_one(const Domains& a, const Domains& b) {
    return std::any_of(a.begin(), a.end(),
                       [&](const auto& one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

// An MTA that rewrites addresses makes a name below its own domain that domain (masquerade_domains), and puts
// its domain behind a single label (append_dot_mydomain). The other way round, a name below the author's
// never becomes his by itself: lists.example.org answers for what it sends on.
bool may_become_one_of(const Domains& named, const Domains& authors) {
    return std::any_of(named.begin(), named.end(), [&](const auto& name) {
        return name.label_count() == 1 ||
               std::any_of(authors.begin(), authors.end(),
                           [&](const auto& author) { return name.is_at_or_below(author); });
    });
}

// A message without a readable author can be about anybody.
bool concerns(const Domains& named, const Domains& authors) {
    return authors.empty() || may_become_one_of(named, authors);
}

// A pass of the author's own domain, where DMARC has nothing to say. Stricter than relaxed alignment: the
// owner of a name below the author's is not asked.
bool vouches(const MethodResult& result, const Domains& authors) {
    if (is_result(result, "spf", "pass")) {
        return share_one(domains_of(result, "smtp", "mailfrom"), authors);
    }
    if (!is_result(result, "dkim", "pass")) {
        return false;
    }
    const Domains signers = domains_of(result, "header", "d");
    return std::any_of(signers.begin(), signers.end(), [&](const auto& signer) {
        return std::any_of(authors.begin(), authors.end(),
                           [&](const auto& author) { return author.is_at_or_below(signer); });
    });
}

bool is_of_dmarc(const MethodResult& result) {
    return base::iequals(result.method, "dmarc");
}

// The domains whose use a result allows or denies.
Domains domains_judged(const MethodResult& result) {
    if (base::iequals(result.method, "spf")) {
        return domains_of(result, "smtp", "mailfrom");
    }
    return domains_of(result, "header", is_of_dmarc(result) ? "from" : "d");
}

bool is_final(const MethodResult& result) {
    return is_result(result, "dmarc", "fail") || is_result(result, "dmarc", "permerror");
}

// A result without a readable author domain can be about anybody.
bool denies_author(const MethodResult& dmarc, const Domains& authors) {
    const Domains named = domains_judged(dmarc);
    return !base::iequals(dmarc.result, "pass") && (named.empty() || concerns(named, authors));
}

bool denies_sender(const MethodResult& result, const Domains& authors) {
    const bool asked = base::iequals(result.method, "spf") || base::iequals(result.method, "dkim");
    const Domains named = domains_judged(result);
    return asked && !base::iequals(result.result, "pass") && !named.empty() && concerns(named, authors);
}

// DMARC has the last word about the author; SPF and DKIM stand for it only where it was not asked.
const MethodResult* find_doubt(const Field& field, const Domains& authors) {
    const auto& all = field.results;
    const bool asked = std::any_of(all.begin(), all.end(), is_of_dmarc);
    const bool vouched =
        std::any_of(all.begin(), all.end(), [&](const auto& result) { return vouches(result, authors); });
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& result) {
        const bool denied =
            asked ? is_of_dmarc(result) && denies_author(result, authors) : denies_sender(result, authors);
        return denied && (is_final(result) || !vouched);
    });
    return found == all.end() ? nullptr : &*found;
}

std::string describe(const MethodResult& result) {
    const Domains named = domains_judged(result);
    return fmt::format("{}={}{}{}", base::to_lower(result.method), base::to_lower(result.result),
                       named.empty() ? "" : " for ", named.empty() ? "" : named.front().text());
}

// What only claims to be ours must not come through with a doubt for its ticket: no reader finds a pass of
// DMARC in it. A pass of DKIM or SPF may stand beside the doubt, even for the author: we write such fields
// ourselves, where alignment is strict or a replayed message was changed. To take one away would leave
// nothing that keeps the message from being signed when it comes back once more.
bool is_plain(const Field& field, std::string_view body) {
    const auto verdicts = std::count_if(field.results.begin(), field.results.end(), is_of_dmarc);
    std::string squeezed = base::to_lower(body);
    std::erase_if(squeezed, [](char c) { return base::is_wsp(c) || base::is_control(c) || c == '"'; });
    return verdicts <= 1 && squeezed.find("dmarc=pass") == std::string::npos;
}

class Search {
  public:
    explicit Search(const Domains& authors) : authors_(authors) {}

    void look_at(std::size_t instance, std::string_view body) {
        if (states_nothing(body)) {
            return;
        }
        const auto field = parse(body);
        if (!field || field->version.value_or(1) != 1) {
            doubt("a result that cannot be read");
            return;
        }
        if (const MethodResult* result = find_doubt(*field, authors_)) {
            doubt(describe(*result));
            if (is_plain(*field, body)) {
                found_.instances.push_back(instance);
            }
        }
    }

    OwnResult take() { return std::move(found_); }

  private:
    void doubt(std::string what) {
        if (found_.doubt.empty()) {
            found_.doubt = std::move(what);
        }
    }

    const Domains& authors_;
    OwnResult found_;
};

} // namespace

OwnResult find_own_result(const message::HeaderList& headers, const std::vector<std::string>& authserv_ids,
                          const std::vector<base::DomainName>& authors) {
    const auto fields = headers.indexes_of("Authentication-Results");
    if (fields.empty()) {
        return {};
    }
    Search search(authors);
    for (const std::size_t instance : claiming_instances(headers, authserv_ids)) {
        search.look_at(instance, headers[fields[instance - 1]].body());
    }
    return search.take();
}

} // namespace authres
