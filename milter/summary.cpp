#include "milter/summary.h"

#include "base/ascii.h"
#include "milter/log/logger.h"

#include <fmt/format.h>

namespace milter {

namespace {

using log::quote;

// More say nothing an operator wants to read.
constexpr std::size_t logged_signatures = 10;
constexpr std::size_t logged_authors = 10;

void add_from(const std::vector<std::string>& from, std::string& line) {
    for (std::size_t i = 0; i < from.size() && i < logged_authors; ++i) {
        line += fmt::format(" from={}", quote(from[i]));
    }
    if (from.size() > logged_authors) {
        line += fmt::format(" from.more={}", from.size() - logged_authors);
    }
}

// Which limit was reached, which record is in error, or what is odd about MAIL FROM; of the other results
// there is nothing to mend.
bool needs_reason(const authenticate::SenderVerdict& sender) {
    const auto result = sender.mail_from->result;
    return result == spf::Result::permerror || result == spf::Result::temperror ||
           (result == spf::Result::none && !sender.path_problem.empty());
}

void add_sender(const authenticate::SenderVerdict& sender, std::string& line) {
    if (sender.iprev) {
        line += fmt::format(" iprev={}", iprev::print(sender.iprev->result));
    }
    if (sender.mail_from) {
        line += fmt::format(" spf={} spf.{}={}", spf::print(sender.mail_from->result),
                            sender.null_sender ? "helo" : "mailfrom", quote(sender.mail_from->domain));
        if (needs_reason(sender)) {
            line += fmt::format(" spf.reason={}", quote(sender.mail_from->problem));
        }
    }
    if (sender.helo && sender.helo->result == spf::Result::fail) {
        line += fmt::format(" helo=fail/{}", quote(sender.helo->domain));
    }
}

void add_signatures(const std::vector<dkim::Verdict>& signatures, std::string& line) {
    if (signatures.empty()) {
        line += " dkim=none";
    }
    for (std::size_t i = 0; i < signatures.size() && i < logged_signatures; ++i) {
        const auto& signature = signatures[i];
        line += fmt::format(" dkim={}/{}/{}", dkim::print(signature.result), quote(signature.domain),
                            quote(signature.selector));
        if (!signature.reason.empty()) {
            line += fmt::format(" dkim.reason={}", quote(signature.reason));
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
        line += fmt::format(" dmarc.reason={}", quote(dmarc.problem));
    }
}

void add_signing(const Summary& summary, std::string& line) {
    for (const auto& name : summary.signed_by) {
        line += fmt::format(" signed={}", quote(name));
    }
    if (summary.signed_by.empty()) {
        line += fmt::format(" unsigned={}", quote(summary.unsigned_because));
    }
}

} // namespace

const char* print(Mode mode) {
    switch (mode) {
    case Mode::verify:
        return "verify";
    case Mode::sign:
        return "sign";
    case Mode::keep:
        return "keep";
    }
    return "?";
}

std::vector<std::string> from_in_words(const message::Author& author, const message::HeaderList& headers) {
    std::vector<std::string> words;
    for (const auto& mailbox : author.mailboxes) {
        // Of some only the domain can be told.
        words.push_back(mailbox.local_part.empty() ? "@" + mailbox.domain : message::print(mailbox));
    }
    if (words.empty()) {
        for (const auto index : headers.indexes_of("From")) {
            words.emplace_back(base::trim_fws(headers[index].body()));
        }
    }
    return words;
}

std::string print(const Summary& summary) {
    std::string line =
        fmt::format("mode={} why={} client={} sender={}", print(summary.direction.mode),
                    quote(summary.direction.why), summary.client ? summary.client->print() : "none",
                    quote(summary.mail_from.empty() ? "<>" : summary.mail_from));
    add_from(summary.from, line);
    if (summary.verdict != nullptr) {
        add_sender(summary.verdict->sender, line);
        if (summary.verdict->dkim_checked) {
            add_signatures(summary.verdict->dkim, line);
        }
        if (summary.verdict->dmarc) {
            add_dmarc(*summary.verdict->dmarc, line);
        }
    }
    if (summary.direction.mode == Mode::sign) {
        add_signing(summary, line);
    }
    if (!summary.came_back.empty()) {
        line += fmt::format(" came_back={}", quote(summary.came_back));
    }
    if (!summary.author_action.empty()) {
        line += fmt::format(" author={}", summary.author_action);
    }
    if (summary.removed_results > 0) {
        line += fmt::format(" removed_results={}", summary.removed_results);
    }
    line += fmt::format(" dns_ms={} dns_questions={}", summary.dns_wait.count(), summary.dns_questions);
    return line;
}

} // namespace milter
