// Verification of every signature of a message over any DNS. Facts: sign (see signed_message.h).
//
// - The verdict is the same in whatever order answers arrive and wherever the body was cut.
// - One question a signature, the one announced when its field was read.
// - A key that cannot be fetched never makes a verdict better than temperror; a key that is gone never
// passes.
// - What passed does not pass any more with another author, with a longer body, or when x= is over.
#include "fuzz/ask_and_resume.h"
#include "fuzz/property.h"
#include "fuzz/signed_message.h"
#include "fuzz/written.h"

#include <tuple>

namespace {

using dkim::Result;

constexpr std::size_t whole = 1'000'000;

auto words(const dkim::Verdict& verdict) {
    return std::tie(verdict.result, verdict.reason, verdict.comment, verdict.domain, verdict.selector,
                    verdict.identity, verdict.algorithm, verdict.signature_text, verdict.key_bits,
                    verdict.test_mode, verdict.secure_key, verdict.steps);
}

// One signature of a message.
struct Check {
    const fuzz::SignedMessage& message;
    const fuzz::Hashed& hashed;
    std::size_t index;
    base::UnixTime now = fuzz::reception;

    dkim::Verdict verify(const fuzz::Dns& dns, fuzz::Arrival arrival = fuzz::Arrival::together) const {
        const auto evaluate = [this](const dns::Answers& known) {
            return dkim::evaluate({hashed.signatures[index], message.headers, hashed.bodies, now}, known, {});
        };
        return fuzz::finish(evaluate, dns, arrival, 1).verdict;
    }
};

void check_words(const dkim::Verdict& verdict) {
    fuzz::require(fuzz::is_one_line(verdict.reason) && fuzz::is_one_line(verdict.comment),
                  "a reason is one line");
    fuzz::require((verdict.result == Result::pass) == verdict.reason.empty(), "all but a pass has a reason");
    fuzz::require(verdict.result != Result::pass || base::DomainName::parse(verdict.domain).has_value(),
                  "a pass has a domain");
}

void check_lost_keys(const Check& check, const dkim::Verdict& verdict) {
    const auto failed = check.verify([](const auto&) { return dns::failed(dns::Failure::timeout); });
    fuzz::require(failed.result == verdict.result ? failed.result != Result::pass
                                                  : failed.result == Result::temperror,
                  "without an answer nothing passes");
    const auto gone = check.verify([](const auto&) { return dns::no_name(); });
    fuzz::require(gone.result != Result::pass, "without a key nothing passes");
}

// The same message with every From field saying a little more.
fuzz::SignedMessage with_other_author(const fuzz::SignedMessage& message) {
    fuzz::SignedMessage other{{}, message.body};
    for (const auto& field : message.headers) {
        other.headers.add(field.is_named("From")
                              ? message::HeaderField(field.name(), std::string(field.body()) + "x")
                              : field);
    }
    return other;
}

void check_forgeries(const Check& check, const fuzz::Dns& dns) {
    const auto other_author = with_other_author(check.message);
    fuzz::require(Check{other_author, check.hashed, check.index}.verify(dns).result != Result::pass,
                  "another author does not pass");
    fuzz::SignedMessage longer = check.message;
    longer.body += "x\r\n";
    const auto hashed = fuzz::hash(longer, whole);
    fuzz::require(Check{longer, hashed, check.index}.verify(dns).result != Result::pass,
                  "a longer body does not pass");
    if (const auto end = check.hashed.signatures[check.index].signature->expiration) {
        const Check late{check.message, check.hashed, check.index, *end + dkim::Limits{}.clock_drift + 1};
        fuzz::require(late.verify(dns).result != Result::pass, "an expired signature does not pass");
    }
}

void check_signature(const Check& check, const fuzz::Hashed& in_pieces, const fuzz::Dns& dns) {
    const auto verdict = check.verify(dns);
    check_words(verdict);
    for (const auto arrival : fuzz::all_arrivals) {
        fuzz::require(words(check.verify(dns, arrival)) == words(verdict), "order changes no verdict");
    }
    const Check cut{check.message, in_pieces, check.index};
    fuzz::require(words(cut.verify(dns)) == words(verdict), "cutting the body changes no verdict");
    check_lost_keys(check, verdict);
    if (verdict.result == Result::pass) {
        check_forgeries(check, dns);
    }
}

void run(std::string_view input) {
    const fuzz::World world(input);
    const auto message = fuzz::signed_message(world);
    if (!message) {
        return;
    }
    const fuzz::Dns dns = [&world](const dns::Question& question) { return world.answer(question); };
    const auto hashed = fuzz::hash(*message, whole);
    const auto in_pieces = fuzz::hash(*message, 1 + message->body.size() % 7);
    fuzz::require(hashed.signatures.size() <= 2 * dkim::Limits{}.signatures, "signatures are bounded");
    for (std::size_t i = 0; i < hashed.signatures.size(); ++i) {
        fuzz::require(dkim::key_questions(hashed.signatures[i]).size() <= 1, "a signature has one key");
        check_signature({*message, hashed, i}, in_pieces, dns);
    }
}

const fuzz::Target target("dkim_verify", run);

} // namespace
