#include "milter/reports/failure_collector.h"

#include "base/ip_network.h"
#include "crypto/mac.h"
#include "message/reverse_path.h"
#include "milter/reports/due.h"
#include "milter/reports/site_key.h"

#include <fmt/format.h>

#include <iterator>
#include <new>
#include <utility>

namespace milter::reports {

namespace {

// Of reports.memory.
constexpr std::size_t share = 8;

// Those of one customer are one: he has any number of others.
std::string network_of(const std::optional<base::IpAddress>& client) {
    if (!client) {
        return "";
    }
    return base::IpNetwork(*client, client->is_v4() ? 24 : 64).print();
}

// Of IPv6 a site has a /48, which are 65536 networks of the kind above.
std::string party_of(const std::optional<base::IpAddress>& client) {
    return client && !client->is_v4() ? base::IpNetwork(*client, 48).print() : network_of(client);
}

// What failed: the signature's domain, or that of MAIL FROM.
std::string identifier_of(const record::MessageFacts& facts, const report::Failure& failure) {
    return failure.kind == report::FailureKind::dkim ? facts.verdict->dkim.at(failure.signature).domain
                                                     : message::read_reverse_path(facts.mail_from).domain;
}

std::string text_of(const crypto::Sha256& code) {
    return {code.begin(), code.end()};
}

bool is_own(const config::Reports& settings, const base::DomainName& author) {
    const auto from = report::read_address(settings.mail.from);
    return from && from->domain == author;
}

// Its window is open. A message that began before the other one is none of another time.
bool is_similar_time(base::UnixTime since, base::UnixTime now) {
    return now - since < FailureCollector::window && !is_set_back(since, now);
}

// It comes again; or not all are known who could be at the author's domain.
bool is_put_off_or_unknown(const record::MessageFacts& facts) {
    return facts.disposition.action == authenticate::Action::tempfail || facts.more_recipients;
}

} // namespace

std::size_t FailureBatch::bytes() const {
    constexpr std::size_t overhead = 200; // of the containers, with what the allocator adds
    std::size_t sum = incidents.size() * overhead;
    for (const FailureReport& one : reports) {
        sum += one.content.size() + one.addresses.size() + one.domain.size() + overhead;
    }
    return sum;
}

void FailureBatch::add(FailureBatch later) {
    std::move(later.reports.begin(), later.reports.end(), std::back_inserter(reports));
    for (const auto& [id, messages] : later.incidents) {
        incidents[id] = messages;
    }
    limited += later.limited;
    dropped += later.dropped;
}

struct FailureCollector::Draft {
    base::DomainName domain;
    FailureParties parties{};
    std::string addresses{};
    report::Key key{};
    base::UnixTime now = 0;
    std::string id{};
    std::shared_ptr<const report::Redactor> redactor;
};

FailureCollector::FailureCollector() : allowance_(config::FailureReports()) {}

// The message is none the worse if there is no memory for its report.
void FailureCollector::read(const record::MessageFacts& facts, const report::Failure& failure,
                            const record::FailedMail& mail) {
    try {
        note(facts, failure, mail);
    } catch (const std::bad_alloc&) {
        const threads::Lock lock(mutex_);
        ++batch_.dropped;
    }
}

void FailureCollector::note(const record::MessageFacts& facts, const report::Failure& failure,
                            const record::FailedMail& mail) {
    const auto draft = draft_of(facts, failure);
    if (!draft || is_known_or_too_much(*draft) || mail.is_hosted() || !begin(*draft)) {
        return;
    }
    const auto host = base::DomainName::parse(mail.host());
    const report::FailedMessage message{.verdict = *facts.verdict,
                                        .headers = mail.headers(),
                                        .failure = failure,
                                        .client = facts.client,
                                        .mail_from = facts.mail_from,
                                        .action = facts.disposition.action,
                                        .arrival = facts.arrived,
                                        .spf_records = mail.spf_records()};
    const report::FailurePlace place{mail.authserv_id(), host.value_or(draft->domain)};
    keep({.id = draft->id,
          .domain = draft->domain.text(),
          .addresses = draft->addresses,
          .content = pack(contents_of(message, place, *draft->redactor)),
          .seen = facts.arrived});
}

// Nothing: no report may be made of it, or to nobody.
std::optional<FailureCollector::Draft> FailureCollector::draft_of(const record::MessageFacts& facts,
                                                                  const report::Failure& failure) const {
    const auto& verdict = *facts.verdict;
    const auto& evaluation = *verdict.dmarc->evaluation;
    const auto& domain = evaluation.policy_domain;
    const threads::Lock lock(mutex_);
    const bool is_null = verdict.sender.null_sender || message::read_reverse_path(facts.mail_from).null;
    const report::FailureReception reception{.null_sender = is_null,
                                             .hosted = false, // asked later, for it may take a while
                                             .own_report = verdict.dmarc->author_domain &&
                                                           is_own(settings_, *verdict.dmarc->author_domain),
                                             .kind = facts.mail_kind};
    if (!domain || !redactor_ || is_put_off_or_unknown(facts) ||
        !report::failure_obstacle(verdict, reception).empty() ||
        is_listed(settings_.failure.never, *domain) ||
        is_listed(settings_.failure.never, *verdict.dmarc->author_domain)) {
        return std::nullopt;
    }
    Draft draft{.domain = *domain, .now = facts.arrived, .redactor = redactor_};
    std::vector<std::string> uris;
    for (const auto& one : evaluation.record->ruf) {
        uris.push_back(one.uri);
    }
    const auto named = report::read_report_uris(uris, settings_.mail.max_addresses);
    std::vector<std::string> addresses;
    for (const auto& address : named.addresses) {
        if (!report::is_author(verdict, address)) {
            addresses.push_back(report::print(address));
        }
    }
    draft.addresses = fmt::format("{}", fmt::join(addresses, "\n"));
    draft.parties = parties_of(organizations_, domain->text(), addresses);
    draft.parties.client = party_of(facts.client);
    draft.key = report::key_of(fmt::format("{}\n{}\n{}\n{}", domain->text(), network_of(facts.client),
                                           static_cast<int>(failure.kind), identifier_of(facts, failure)));
    draft.id = report::ReportId::make(crypto::random_octets<16>()).text();
    return draft.addresses.empty() ? std::nullopt : std::optional(std::move(draft));
}

bool FailureCollector::is_known_or_too_much(const Draft& draft) {
    const threads::Lock lock(mutex_);
    if (is_known(draft)) {
        return true;
    }
    if (allowance_.limit(draft.parties, draft.now)) {
        ++batch_.limited;
        return true;
    }
    const bool has_room = bytes_ + held_ < settings_.memory / share;
    batch_.dropped += has_room ? 0 : 1;
    return !has_room;
}

bool FailureCollector::is_known(const Draft& draft) {
    const auto known = similar_.find(draft.key);
    if (known == similar_.end() || !is_similar_time(known->second.since, draft.now)) {
        return false;
    }
    batch_.incidents[known->second.id] = ++known->second.messages;
    return true;
}

bool FailureCollector::begin(const Draft& draft) {
    const threads::Lock lock(mutex_);
    if (is_known(draft)) {
        return false;
    }
    if (allowance_.limit(draft.parties, draft.now)) {
        ++batch_.limited;
        return false;
    }
    std::erase_if(similar_, [&](const auto& one) { return !is_similar_time(one.second.since, draft.now); });
    allowance_.take(draft.parties, draft.now);
    similar_[draft.key] = {draft.id, draft.now, 1};
    return true;
}

void FailureCollector::keep(FailureReport report) {
    const threads::Lock lock(mutex_);
    batch_.reports.push_back(std::move(report));
    bytes_ = batch_.bytes();
}

std::string FailureCollector::configure(const config::Reports& settings) {
    const bool is_wanted = settings.enabled && settings.failure.enabled;
    std::shared_ptr<const report::Redactor> redactor;
    std::string problem;
    if (is_wanted) {
        if (const auto key = site_key(settings.mail.token_key)) {
            redactor =
                std::make_shared<const report::Redactor>(text_of(key->code("failure report local-parts")));
        } else {
            problem = key.error();
        }
    }
    const threads::Lock lock(mutex_);
    if (settings_.failure != settings.failure) { // else what was used stays used
        allowance_ = FailureAllowance(settings.failure);
    }
    settings_ = settings;
    redactor_ = std::move(redactor);
    return problem;
}

FailureBatch FailureCollector::take() {
    const threads::Lock lock(mutex_);
    bytes_ = 0;
    return std::exchange(batch_, {});
}

void FailureCollector::hold(std::size_t bytes) {
    const threads::Lock lock(mutex_);
    held_ = bytes;
}

} // namespace milter::reports
