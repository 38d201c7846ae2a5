#include "milter/tool/reports/inquiries.h"

#include "base/ip_network.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::reports {

namespace {

// Of what is remembered; a run with more asks some of it again.
constexpr std::size_t most_remembered = 20'000;

template <class Map>
void make_room(Map& map) {
    if (map.size() >= most_remembered) {
        map.clear();
    }
}

// Hands the questions of one report to the source of all.
class Borrowed final : public AnswerSource {
  public:
    explicit Borrowed(AnswerSource& source) : source_(source) {}

    [[nodiscard]] Result<void> answer(const dns::Questions& questions, dns::Answers& known) override {
        return source_.answer(questions, known);
    }

  private:
    AnswerSource& source_;
};

dns::Awaited<Reachable> by_address(const base::DomainName& host, dns::Inquiry& dns) {
    using State = Reachable::State;
    const auto* v4 = dns.ask(host.text(), dns::Type::a);
    const auto* v6 = dns.ask(host.text(), dns::Type::aaaa);
    if (v4 == nullptr || v6 == nullptr) {
        return dns::unanswered;
    }
    if (v4->status == dns::Status::found || v6->status == dns::Status::found) {
        return Reachable{State::yes};
    }
    if (v4->status == dns::Status::failed || v6->status == dns::Status::failed) {
        return Reachable{State::later, fmt::format("no answer about the addresses of {}", host.text())};
    }
    return Reachable{State::never, fmt::format("{} has neither MX nor address", host.text())};
}

dns::Awaited<Reachable> reach(const base::DomainName& host, dns::Inquiry& dns) {
    using State = Reachable::State;
    const auto* answer = dns.ask(host.text(), dns::Type::mx);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    switch (answer->status) {
    case dns::Status::failed:
        return Reachable{State::later, fmt::format("no answer about the MX of {}", host.text())};
    case dns::Status::no_name:
        return Reachable{State::never, fmt::format("there is no domain {}", host.text())};
    case dns::Status::no_data:
        return by_address(host, dns);
    case dns::Status::found:
        break;
    }
    const auto& all = answer->exchanges;
    if (std::all_of(all.begin(), all.end(), [](const auto& one) { return one.host.empty(); })) {
        return Reachable{State::never, fmt::format("{} takes no mail (null MX)", host.text())};
    }
    return Reachable{State::yes};
}

// RFC 5782 2.1; what is outside of 127/8 comes from who parks domains, and 127.255.255/24 tells of errors.
bool is_listing(const dns::Answer& answer) {
    static const auto loopback = base::IpNetwork::parse("127.0.0.0/8");
    static const auto errors = base::IpNetwork::parse("127.255.255.0/24");
    return std::any_of(answer.addresses.begin(), answer.addresses.end(), [](const auto& address) {
        return loopback->contains(address) && !errors->contains(address);
    });
}

dns::Awaited<std::string> find_listing(const base::DomainName& domain, const std::vector<std::string>& zones,
                                       dns::Inquiry& dns) {
    std::string found;
    bool waits = false;
    for (const std::string& zone : zones) {
        const auto* answer = dns.ask(domain.text() + '.' + zone, dns::Type::a);
        waits = waits || answer == nullptr;
        if (answer != nullptr && found.empty() && is_listing(*answer)) {
            found = zone;
        }
    }
    return waits ? dns::Awaited<std::string>(dns::unanswered) : found;
}

} // namespace

dns::Outcome<Reachable> can_get_mail(const base::DomainName& host, const dns::Answers& known) {
    dns::Inquiry dns(known);
    return dns::outcome(reach(host, dns), dns);
}

dns::Outcome<std::string> listed_in(const base::DomainName& domain, const std::vector<std::string>& zones,
                                    const dns::Answers& known) {
    dns::Inquiry dns(known);
    return dns::outcome(find_listing(domain, zones, dns), dns);
}

Lookups Inquiries::lookups() const {
    return {std::make_unique<Borrowed>(*source_), max_questions_};
}

Result<::report::Consent> Inquiries::consent(const base::DomainName& policy_domain,
                                             const ::report::Address& address, ::report::ReportKind kind) {
    const std::tuple key(policy_domain, address, kind);
    if (const auto known = consents_.find(key); known != consents_.end()) {
        return known->second;
    }
    auto asked = lookups();
    auto consent = asked.finish([&](const dns::Answers& known) {
        return ::report::ask_consent(policy_domain, address, kind, known, dmarc_);
    });
    if (consent) {
        make_room(consents_);
        consents_.emplace(key, *consent);
    }
    return consent;
}

Result<Reachable> Inquiries::reachable(const base::DomainName& host) {
    if (const auto known = reachable_.find(host); known != reachable_.end()) {
        return known->second;
    }
    auto asked = lookups();
    auto found = asked.finish([&](const dns::Answers& known) { return can_get_mail(host, known); });
    if (found) {
        make_room(reachable_);
        reachable_.emplace(host, *found);
    }
    return found;
}

Result<std::string> Inquiries::blocklist(const base::DomainName& policy_domain,
                                         const std::vector<std::string>& zones) {
    if (zones.empty()) {
        return std::string();
    }
    auto asked = lookups();
    return asked.finish([&](const dns::Answers& known) { return listed_in(policy_domain, zones, known); });
}

} // namespace milter::tool::reports
