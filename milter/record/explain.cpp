#include "milter/record/explain.h"

#include "base/ascii.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>
#include <string>

namespace milter::record {

namespace {

using base::printable;

constexpr std::size_t max_shown_depth = 12; // SPF allows ten nested includes

void remark(std::ostream& out, std::string_view text) {
    if (!text.empty()) {
        fmt::print(out, "    {}\n", printable(text));
    }
}

void explain_author(std::ostream& out, const message::Author& author) {
    fmt::print(out, "From: {}\n", message::print(author.state));
    for (const message::Mailbox& mailbox : author.mailboxes) {
        fmt::print(out, "    address {}@{}\n", printable(mailbox.local_part), printable(mailbox.domain));
    }
    for (const auto& domain : author.domains) {
        fmt::print(out, "    author domain {}\n", domain.text());
    }
    remark(out, author.problem);
}

void explain_relay(std::ostream& out, const authenticate::Passage& relay) {
    fmt::print(out, "Relay: {}\n", relay.relay.print());
    for (std::size_t i = 1; i < relay.relays.size(); ++i) {
        fmt::print(out, "    which had it from relay {}\n", relay.relays[i].print());
    }
    if (relay.client) {
        fmt::print(out, "    which had it from the client {}{}{}\n", relay.client->print(),
                   relay.helo.empty() ? "" : ", HELO ", printable(relay.helo));
    } else {
        fmt::print(out, "    the client is not known: {}\n", printable(relay.reason));
    }
    remark(out, relay.hidden_sender);
    if (!relay.rewritten_sender.empty()) {
        fmt::print(out, "    MAIL FROM was rewritten to {}\n", printable(relay.rewritten_sender));
    }
}

void explain_signature(std::ostream& out, const dkim::Verdict& signature) {
    fmt::print(out, "DKIM: {} for d={} s={}{}\n", dkim::print(signature.result), printable(signature.domain),
               printable(signature.selector),
               signature.reason.empty() ? "" : fmt::format(": {}", printable(signature.reason)));
    for (const std::string& step : signature.steps) {
        remark(out, step);
    }
    remark(out, signature.comment);
}

void explain_dmarc(std::ostream& out, const authenticate::DmarcVerdict& dmarc) {
    fmt::print(out, "DMARC: {}", dmarc::print(dmarc.result));
    if (dmarc.author_domain) {
        fmt::print(out, " for {}", dmarc.author_domain->text());
    }
    if (dmarc.evaluation && dmarc.evaluation->policy) {
        fmt::print(out, ", policy {}", dmarc::print(*dmarc.evaluation->policy));
    }
    fmt::print(out, "\n");
    if (dmarc.evaluation) {
        for (const std::string& step : dmarc.evaluation->steps) {
            remark(out, step);
        }
    }
    remark(out, dmarc.problem);
}

bool is_temporary(const std::optional<spf::Verdict>& verdict) {
    return verdict && verdict->result == spf::Result::temperror;
}

} // namespace

void explain(std::ostream& out, const spf::Verdict& verdict) {
    fmt::print(out, "SPF of {} {}: {}{}\n", verdict.identity == spf::Identity::helo ? "HELO" : "MAIL FROM",
               printable(verdict.domain), spf::print(verdict.result),
               verdict.mechanism.empty() ? "" : fmt::format(" by {}", printable(verdict.mechanism)));
    std::size_t depth = 0;
    std::string domain;
    for (const spf::Step& step : verdict.steps) {
        const std::size_t indent = 4 + 4 * std::min(step.depth, max_shown_depth);
        if (step.domain != domain || step.depth != depth) {
            fmt::print(out, "{:{}}in {}\n", "", indent - 2, printable(step.domain));
            domain = step.domain;
            depth = step.depth;
        }
        fmt::print(out, "{:{}}{}{}{}\n", "", indent, printable(step.term), step.term.empty() ? "" : "  ",
                   printable(step.what));
    }
    if (verdict.steps.empty() || !verdict.steps.back().what.ends_with(verdict.problem)) { // said already
        remark(out, verdict.problem);
    }
    if (!verdict.explanation.empty()) {
        fmt::print(out, "    the domain's own words: {}\n", printable(verdict.explanation));
    }
    if (verdict.terms > 0) {
        fmt::print(out, "    {} of 10 terms that look something up, {} without a result\n", verdict.terms,
                   verdict.void_lookups);
    }
}

void explain(std::ostream& out, const authenticate::SenderVerdict& sender) {
    if (sender.iprev) {
        fmt::print(out, "iprev: {}\n", iprev::print(sender.iprev->result));
        remark(out, sender.iprev->name);
        remark(out, sender.iprev->reason);
    }
    if (!sender.path_problem.empty()) {
        fmt::print(out, "MAIL FROM is no address of RFC 5321: {}\n", printable(sender.path_problem));
    }
    if (sender.helo) {
        explain(out, *sender.helo);
    }
    if (sender.mail_from) {
        explain(out, *sender.mail_from);
    } else {
        fmt::print(out, "SPF: not checked (no client address, or switched off)\n");
    }
}

void explain(std::ostream& out, const authenticate::Verdict& verdict) {
    explain_author(out, verdict.author);
    if (verdict.relay) {
        explain_relay(out, *verdict.relay);
    }
    explain(out, verdict.sender);
    if (verdict.dkim.empty()) {
        fmt::print(out, "DKIM: {}\n", verdict.dkim_checked ? "no signature" : "not checked");
    }
    for (const dkim::Verdict& signature : verdict.dkim) {
        explain_signature(out, signature);
    }
    if (verdict.dmarc) {
        explain_dmarc(out, *verdict.dmarc);
    }
}

bool is_temporary(const authenticate::SenderVerdict& sender) {
    const bool iprev_open = sender.iprev && sender.iprev->result == iprev::Result::temperror;
    return iprev_open || is_temporary(sender.mail_from) || is_temporary(sender.helo);
}

bool is_temporary(const authenticate::Verdict& verdict) {
    const bool signature_open =
        std::any_of(verdict.dkim.begin(), verdict.dkim.end(),
                    [](const auto& signature) { return signature.result == dkim::Result::temperror; });
    const bool dmarc_open = verdict.dmarc && verdict.dmarc->result == dmarc::Result::temperror;
    return signature_open || dmarc_open || is_temporary(verdict.sender);
}

} // namespace milter::record
