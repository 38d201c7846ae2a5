#include "report/external_destination.h"

#include "base/ascii.h"
#include "dmarc/organizations.h"
#include "dmarc/record_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

namespace report {

namespace {

using State = Consent::State;

class ConsentCheck {
  public:
    ConsentCheck(const base::DomainName& policy_domain, const Address& address, ReportKind kind,
                 const dns::Answers& known, const dmarc::Options& options)
        : policy_domain_(policy_domain), address_(address), kind_(kind), dns_(known), limits_(options.limits),
          records_(dns_, options), organizations_(records_, options) {}

    dns::Outcome<Consent> run() { return dns::outcome(check(), dns_); }

  private:
    dns::Awaited<Consent> check();
    // What the organizations alone decide; nothing: the destination has to be asked.
    dns::Awaited<std::optional<Consent>> by_organization();
    dns::Awaited<Consent> by_record();
    Consent by_texts(const std::vector<std::string>& texts) const;
    Consent by_overrides(const std::vector<std::string>& overrides) const;
    std::vector<std::string> overrides_of(std::string_view record) const;

    const base::DomainName& policy_domain_;
    const Address& address_;
    ReportKind kind_;
    dns::Inquiry dns_;
    dmarc::Limits limits_;
    dmarc::PolicyRecords records_;
    dmarc::Organizations organizations_;
};

Consent refused(std::string why) {
    return {.state = State::refused, .why = std::move(why)};
}

Consent later(std::string why) {
    return {.state = State::later, .why = std::move(why)};
}

dns::Awaited<Consent> ConsentCheck::check() {
    if (address_.domain == policy_domain_) {
        return Consent{.state = State::own, .address = address_};
    }
    const auto consent = by_organization();
    if (!consent) {
        return dns::unanswered;
    }
    return *consent ? dns::Awaited<Consent>(**consent) : by_record();
}

// A walk that fails for good tells nothing of an organization: then they are two, and the destination is
// asked.
dns::Awaited<std::optional<Consent>> ConsentCheck::by_organization() {
    const auto& ours = organizations_.of(policy_domain_);
    const auto& theirs = organizations_.of(address_.domain);
    if (!ours || !theirs) {
        return dns::unanswered;
    }
    bool are_known = true;
    for (const dmarc::Organization& one : {*ours, *theirs}) {
        const bool has_failed = one.state == dmarc::Walk::State::failed;
        if (has_failed && !one.walk.trouble.lasting) {
            return std::optional(later(one.walk.trouble.text));
        }
        are_known = are_known && !has_failed;
    }
    const bool is_own = are_known && ours->domain == theirs->domain &&
                        !organizations_.are_strangers(ours->domain, policy_domain_, address_.domain);
    return is_own ? std::optional(Consent{.state = State::own, .address = address_}) : std::nullopt;
}

dns::Awaited<Consent> ConsentCheck::by_record() {
    const auto name = consent_name(policy_domain_, address_.domain);
    if (!name) {
        return refused("the name to ask for is longer than the DNS allows");
    }
    const dns::Answer* answer = dns_.ask(name->text(), dns::Type::txt);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    switch (answer->status) {
    case dns::Status::found:
        return by_texts(answer->texts);
    case dns::Status::no_data:
    case dns::Status::no_name:
        return refused(fmt::format("no record at {}", name->text()));
    case dns::Status::failed:
        return later(fmt::format("TXT {}: {}", name->text(), dns::print(answer->failure)));
    }
    return refused("");
}

// Unlike for policies, several records are fine.
Consent ConsentCheck::by_texts(const std::vector<std::string>& texts) const {
    bool consents = false;
    std::vector<std::string> overrides;
    for (const std::string& text : texts) {
        if (text.size() <= limits_.record && dmarc::parse_record(text)) {
            consents = true;
            const auto more = overrides_of(text);
            overrides.insert(overrides.end(), more.begin(), more.end());
        }
    }
    return consents ? by_overrides(overrides) : refused("no DMARC record says that reports are wanted");
}

// The pieces as they stand there: dmarc::Record has left out those that nothing could be sent to.
std::vector<std::string> ConsentCheck::overrides_of(std::string_view record) const {
    const auto raw = dmarc::split_record(record, 0);
    const auto* tag = raw ? raw->find(kind_ == ReportKind::aggregate ? "rua" : "ruf") : nullptr;
    std::vector<std::string> uris;
    if (tag != nullptr) {
        for (const std::string_view piece : base::split(tag->value, ',')) {
            uris.emplace_back(base::trim_wsp(piece));
        }
    }
    return uris;
}

// RFC 9990 4: an address of another host spoils it all, and so does what names no address that we could read:
// whose it is cannot be known. What several different ones mean is not said: then none counts.
Consent ConsentCheck::by_overrides(const std::vector<std::string>& overrides) const {
    Consent consent{.state = State::given, .address = address_};
    std::vector<Address> addresses;
    for (const std::string& uri : overrides) {
        const auto address = read_report_uri(uri);
        if (!address) {
            return refused("the destination names what is no usable address: " + address.error().message);
        }
        if (address->domain != address_.domain) {
            return refused("the destination names an address of another host");
        }
        addresses.push_back(*address);
    }
    const bool is_one =
        std::adjacent_find(addresses.begin(), addresses.end(), std::not_equal_to<>()) == addresses.end();
    if (is_one && !addresses.empty()) {
        consent.address = addresses.front();
    }
    return consent;
}

} // namespace

std::optional<base::DomainName> consent_name(const base::DomainName& policy_domain,
                                             const base::DomainName& host) {
    return base::DomainName::parse(policy_domain.text() + "._report._dmarc." + host.text());
}

dns::Outcome<Consent> ask_consent(const base::DomainName& policy_domain, const Address& address,
                                  ReportKind kind, const dns::Answers& known, const dmarc::Options& options) {
    return ConsentCheck(policy_domain, address, kind, known, options).run();
}

} // namespace report
