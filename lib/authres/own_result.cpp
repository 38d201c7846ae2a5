#include "authres/own_result.h"

#include "authres/parse.h"
#include "authres/strip.h"
#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
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

// A result without a readable author domain can be about anybody, and so can a message without one.
bool concerns(const MethodResult& dmarc, const Domains& authors) {
    const Domains named = domains_of(dmarc, "header", "from");
    return named.empty() || authors.empty() || share_one(named, authors);
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

bool is_doubtful(const MethodResult& result, const Field& field, const Domains& authors) {
    if (!base::iequals(result.method, "dmarc") || is_result(result, "dmarc", "pass") ||
        !concerns(result, authors)) {
        return false;
    }
    const bool final = is_result(result, "dmarc", "fail") || is_result(result, "dmarc", "permerror");
    return final || std::none_of(field.results.begin(), field.results.end(),
                                 [&](const auto& other) { return vouches(other, authors); });
}

const MethodResult* find_doubt(const Field& field, const Domains& authors) {
    const auto found = std::find_if(field.results.begin(), field.results.end(),
                                    [&](const auto& result) { return is_doubtful(result, field, authors); });
    return found == field.results.end() ? nullptr : &*found;
}

std::string describe(const MethodResult& result) {
    const Domains named = domains_of(result, "header", "from");
    return fmt::format("dmarc={}{}{}", base::to_lower(result.result), named.empty() ? "" : " for ",
                       named.empty() ? "" : named.front().text());
}

// What only claims to be ours must not come through with a doubt for its ticket: no reader finds a pass in
// it.
bool is_plain(const Field& field, std::string_view body) {
    const auto verdicts = std::count_if(field.results.begin(), field.results.end(), [](const auto& result) {
        return base::iequals(result.method, "dmarc");
    });
    std::string squeezed = base::to_lower(body);
    std::erase_if(squeezed, [](char c) { return base::is_wsp(c) || base::is_control(c) || c == '"'; });
    return verdicts == 1 && squeezed.find("dmarc=pass") == std::string::npos;
}

class Search {
  public:
    explicit Search(const Domains& authors) : authors_(authors) {}

    void look_at(std::size_t instance, std::string_view body) {
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
    auto instances = forged_instances(headers, authserv_ids);
    std::reverse(instances.begin(), instances.end());
    for (const std::size_t instance : instances) {
        search.look_at(instance, headers[fields[instance - 1]].body());
    }
    return search.take();
}

} // namespace authres
