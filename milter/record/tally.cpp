#include "milter/record/tally.h"

#include <algorithm>

namespace milter::record {

namespace {

void tally_verdict(const authenticate::Verdict& verdict, Counters& counters) {
    if (verdict.sender.iprev) {
        counters.add(Family::iprev, verdict.sender.iprev->result);
    }
    if (verdict.sender.mail_from) {
        counters.add(Family::spf, verdict.sender.mail_from->result);
    }
    if (verdict.dkim_checked && verdict.dkim.empty()) {
        counters.add(Family::dkim, dkim::Result::none);
    }
    for (const auto& signature : verdict.dkim) {
        counters.add(Family::dkim, signature.result);
    }
    if (verdict.dmarc) {
        counters.add(Family::dmarc, verdict.dmarc->result);
    }
}

// A type once for a message, however many of its findings were spared.
void tally_exceptions(const std::vector<authenticate::Finding>& findings, Counters& counters) {
    for (auto finding = findings.begin(); finding != findings.end(); ++finding) {
        const auto& exception = finding->exception;
        const auto is_same = [&](const authenticate::Finding& earlier) {
            return earlier.exception && earlier.exception->type == exception->type;
        };
        if (exception && std::none_of(findings.begin(), finding, is_same)) {
            counters.add(Family::exception, exception->type);
        }
    }
}

void tally_signing(const MessageFacts& facts, Counters& counters) {
    for (const message::Fragility kind : facts.fragile) {
        counters.add(Family::fragile, kind);
    }
    counters.add(Family::own_disposition, facts.disposition.action);
    if (facts.signed_by.empty()) {
        counters.add(Family::not_signed, facts.unsigned_reason);
    } else {
        counters.add(Family::signatures, 0, facts.signed_by.size());
    }
}

} // namespace

void tally(const MessageFacts& facts, Counters& counters) {
    counters.add(Family::messages, facts.mode);
    if (facts.verdict) {
        tally_verdict(*facts.verdict, counters);
        counters.add(Family::disposition, facts.disposition.action);
        if (const auto* finding = without_dry_run(facts.disposition)) {
            counters.add(Family::would, finding->due);
        }
        tally_exceptions(facts.disposition.findings, counters);
    }
    if (facts.mode == Mode::sign) {
        tally_signing(facts, counters);
    }
}

void tally(const authenticate::PolicydOutcome& outcome, Counters& counters) {
    const authenticate::Finding& finding = outcome.finding;
    if (finding.reason.empty()) {
        return;
    }
    counters.add(Family::recipient, finding.taken);
    if (finding.due > finding.taken) {
        counters.add(Family::recipient_would, finding.due);
    }
    tally_exceptions({finding}, counters);
}

} // namespace milter::record
