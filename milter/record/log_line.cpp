#include "milter/record/log_line.h"

#include "base/pair_value.h"

#include <fmt/format.h>

namespace milter::record {

namespace {

using base::pair_value;

// More say nothing an operator wants to read.
constexpr std::size_t logged_signatures = 10;
constexpr std::size_t logged_authors = 10;

void add_from(const std::vector<std::string>& from, std::string& line) {
    for (std::size_t i = 0; i < from.size() && i < logged_authors; ++i) {
        line += fmt::format(" from={}", pair_value(from[i]));
    }
    if (from.size() > logged_authors) {
        line += fmt::format(" from.more={}", from.size() - logged_authors);
    }
}

// Which limit was reached, which record is in error, or what is odd about MAIL FROM; of the other results
// there is nothing to correct.
bool needs_reason(const authenticate::SenderVerdict& sender) {
    const auto result = sender.mail_from->result;
    return result == spf::Result::permerror || result == spf::Result::temperror ||
           (result == spf::Result::none && !sender.path_problem.empty());
}

void add_relay(const authenticate::Passage& relay, std::string& line) {
    line += fmt::format(" relay={} relay.hops={}", relay.relay.print(), relay.hops);
    if (!relay.reason.empty()) {
        line += fmt::format(" relay.reason={}", pair_value(relay.reason));
    }
    if (!relay.hidden_sender.empty()) {
        line += fmt::format(" relay.sender={}", pair_value(relay.hidden_sender));
    }
}

void add_sender(const authenticate::SenderVerdict& sender, std::string& line) {
    if (sender.iprev) {
        line += fmt::format(" iprev={}", iprev::print(sender.iprev->result));
    }
    if (sender.mail_from) {
        line += fmt::format(" spf={} spf.{}={}", spf::print(sender.mail_from->result),
                            sender.null_sender ? "helo" : "mailfrom", pair_value(sender.mail_from->domain));
        if (needs_reason(sender)) {
            line += fmt::format(" spf.reason={}", pair_value(sender.mail_from->problem));
        }
    }
    if (sender.helo && sender.helo->result == spf::Result::fail) {
        line += fmt::format(" helo=fail/{}", pair_value(sender.helo->domain));
    }
}

void add_signatures(const std::vector<dkim::Verdict>& signatures, std::string& line) {
    if (signatures.empty()) {
        line += " dkim=none";
    }
    for (std::size_t i = 0; i < signatures.size() && i < logged_signatures; ++i) {
        const auto& signature = signatures[i];
        line += fmt::format(" dkim={}/{}/{}", dkim::print(signature.result), pair_value(signature.domain),
                            pair_value(signature.selector));
        if (!signature.reason.empty()) {
            line += fmt::format(" dkim.reason={}", pair_value(signature.reason));
        }
    }
    if (signatures.size() > logged_signatures) {
        line += fmt::format(" dkim.more={}", signatures.size() - logged_signatures);
    }
}

void add_dmarc(const authenticate::DmarcVerdict& dmarc, std::string& line) {
    line += fmt::format(" dmarc={}", dmarc::print(dmarc.result));
    if (dmarc.author_domain) {
        line += fmt::format(" dmarc.from={}", dmarc.author_domain->text());
    }
    if (dmarc.evaluation && dmarc.evaluation->policy) {
        line += fmt::format(" policy={}", dmarc::print(*dmarc.evaluation->policy));
    }
    if (!dmarc.problem.empty()) {
        line += fmt::format(" dmarc.reason={}", pair_value(dmarc.problem));
    }
    if (dmarc.temperror_of) {
        line += fmt::format(" dmarc.temperror={}", dmarc.temperror_of->text());
    }
    if (dmarc.permerror_of) {
        line += fmt::format(" dmarc.permerror={}", dmarc.permerror_of->text());
    }
}

void add_disposition(const MessageFacts& facts, std::string& line) {
    const auto& disposition = facts.disposition;
    if (!disposition.reason.empty()) {
        line += fmt::format(" disposition={} reason={}", print(disposition.action), disposition.reason);
    }
    if (!disposition.reason.empty() && !disposition.findings.empty()) {
        const auto& first = disposition.findings.front();
        line += finding_words(first, facts.setting.empty() ? setting_path(first.setting) : facts.setting);
        const auto* would = without_dry_run(disposition);
        if (would != nullptr && would != &first) {
            line +=
                fmt::format(" would={} would.setting={}", print(would->due),
                            facts.would_setting.empty() ? setting_path(would->setting) : facts.would_setting);
        }
    }
    if (!facts.profile.empty() && facts.profile != authenticate::Policy().profile) {
        line += fmt::format(" profile={}", facts.profile);
    }
    if (facts.patience_over) {
        line += " dns_patience=over";
    }
}

void add_signing(const MessageFacts& facts, std::string& line) {
    for (const auto& name : facts.signed_by) {
        line += fmt::format(" signed={}", pair_value(name));
    }
    if (facts.signed_by.empty()) {
        line += fmt::format(" unsigned={}", pair_value(facts.unsigned_because));
    }
    for (const auto kind : facts.fragile) {
        line += fmt::format(" fragile={}", message::print(kind));
    }
}

} // namespace

std::string setting_path(const std::string& setting) {
    constexpr std::string_view author = "author_";
    if (setting.find('.') != std::string::npos) { // a switch of policyd-spf's
        return setting;
    }
    return setting.starts_with(author) ? fmt::format("author.{}", setting.substr(author.size()))
                                       : fmt::format("policy.{}", setting);
}

std::string finding_words(const authenticate::Finding& finding, const std::string& setting) {
    auto words = fmt::format(" setting={}", setting);
    if (finding.due > finding.taken) {
        words += fmt::format(" would={}", print(finding.due));
    }
    if (!finding.why_milder.empty()) {
        words += fmt::format(" milder={}", pair_value(finding.why_milder));
    }
    if (finding.exception) {
        words += fmt::format(" exception={}", pair_value(finding.exception->name));
    }
    return words;
}

std::string log_line(const MessageFacts& facts) {
    std::string line = fmt::format("mode={} why={} client={} sender={}", print(facts.mode),
                                   pair_value(facts.why), facts.client ? facts.client->print() : "none",
                                   pair_value(facts.mail_from.empty() ? "<>" : facts.mail_from));
    if (facts.more_recipients) {
        line += " recipients=too_many";
    }
    if (facts.verdict && facts.verdict->relay) {
        add_relay(*facts.verdict->relay, line);
    }
    add_from(facts.from, line);
    if (facts.verdict) {
        add_sender(facts.verdict->sender, line);
        if (facts.verdict->dkim_checked) {
            add_signatures(facts.verdict->dkim, line);
        }
        if (facts.verdict->dmarc) {
            add_dmarc(*facts.verdict->dmarc, line);
        }
    }
    if (facts.mode == Mode::sign) {
        add_signing(facts, line);
    }
    if (!facts.came_back.empty()) {
        line += fmt::format(" came_back={}", pair_value(facts.came_back));
    }
    add_disposition(facts, line);
    if (facts.removed_results > 0) {
        line += fmt::format(" removed_results={}", facts.removed_results);
    }
    line += fmt::format(" dns_ms={} dns_questions={}", facts.dns_wait.count(), facts.dns_questions);
    return line;
}

} // namespace milter::record
