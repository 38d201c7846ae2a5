#include "report/external_destination.h"

#include "dmarc/organizations.h"

#include <fmt/format.h>

#include <algorithm>
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
    // What the organizations alone decide; a state of refused: the destination has to be asked.
    dns::Awaited<Consent> by_organization();
    dns::Awaited<Consent> by_record();
    Consent by_texts(const std::vector<std::string>& texts) const;
    Consent by_overrides(const std::vector<Address>& overrides) const;
    std::vector<Address> overrides_of(const dmarc::Record& record) const;

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
    auto consent = by_organization();
    if (!consent || consent->state != State::refused) {
        return consent;
    }
    return by_record();
}

dns::Awaited<Consent> ConsentCheck::by_organization() {
    const auto& ours = organizations_.of(policy_domain_);
    const auto& theirs = organizations_.of(address_.domain);
    if (!ours || !theirs) {
        return dns::unanswered;
    }
    for (const dmarc::Organization& one : {*ours, *theirs}) {
        if (one.state == dmarc::Walk::State::failed && !one.walk.trouble.lasting) {
            return later(one.walk.trouble.text);
        }
        if (one.state == dmarc::Walk::State::failed) {
            return refused(one.walk.trouble.text);
        }
    }
    if (ours->domain == theirs->domain &&
        !organizations_.are_strangers(ours->domain, policy_domain_, address_.domain)) {
        return Consent{.state = State::own, .address = address_};
    }
    return refused("");
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
    std::vector<Address> overrides;
    for (const std::string& text : texts) {
        const auto record = text.size() <= limits_.record ? dmarc::parse_record(text) : std::nullopt;
        if (record) {
            consents = true;
            const auto more = overrides_of(*record);
            overrides.insert(overrides.end(), more.begin(), more.end());
        }
    }
    return consents ? by_overrides(overrides) : refused("no DMARC record says that reports are wanted");
}

std::vector<Address> ConsentCheck::overrides_of(const dmarc::Record& record) const {
    std::vector<Address> addresses;
    for (const dmarc::ReportUri& uri : kind_ == ReportKind::aggregate ? record.rua : record.ruf) {
        if (auto address = read_report_uri(uri.uri)) {
            addresses.push_back(*std::move(address));
        }
    }
    return addresses;
}

// RFC 9990 4: one of another host spoils it all. What several different ones mean is not said: then none
// counts.
Consent ConsentCheck::by_overrides(const std::vector<Address>& overrides) const {
    Consent consent{.state = State::given, .address = address_};
    if (overrides.empty()) {
        return consent;
    }
    const bool elsewhere = std::any_of(overrides.begin(), overrides.end(),
                                       [this](const Address& one) { return one.domain != address_.domain; });
    if (elsewhere) {
        return refused("the destination names an address of another host");
    }
    const bool same = std::all_of(overrides.begin(), overrides.end(),
                                  [&](const Address& one) { return one == overrides.front(); });
    if (same) {
        consent.address = overrides.front();
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
