// Every check of one message over any DNS. Facts: client, helo, mail-from, iprev, sign (see
// signed_message.h).
//
// - All results, to their last word, are the same in whatever order answers arrive, however far SPF looks
//   ahead, with the header's questions answered early, and with what is settled kept between rounds.
// - Questions are bounded.
// - A question that fails leaves each result as it was or makes it temperror, for DMARC perhaps permerror.
// - Without one of its signatures, without a client and without keys, a message never passes DMARC that did
//   not before.
// - The results print to one field that our parser reads back and that we would strip as ours.
#include "authenticate/inbound.h"

#include "authenticate/results.h"
#include "authres/format.h"
#include "fuzz/ask_and_resume.h"
#include "fuzz/property.h"
#include "fuzz/signed_message.h"
#include "fuzz/written.h"

#include <algorithm>
#include <utility>

namespace {

using authenticate::Verdict;

constexpr std::string_view our_id = "mx.example.net";
constexpr std::size_t most_spf = 123;  // see spf_evaluate_fuzz.cpp
constexpr std::size_t most_iprev = 11; // the reverse name, ten names to validate
constexpr std::size_t most_keys = 10;
constexpr std::size_t most_dmarc = 10 * (8 + 3) + 11 * 8; // author domains, then identifiers
constexpr std::size_t most_questions = 2 * 3 * most_spf + most_iprev + most_keys + most_dmarc;
constexpr std::size_t failures_tried = 4;

class Message {
  public:
    Message(const fuzz::World& world, const fuzz::SignedMessage& message, const fuzz::Hashed& hashed)
        : message_(message), bodies_(hashed.bodies), signatures_(hashed.signatures),
          envelope_{base::IpAddress::parse(world.fact("client")), world.fact("helo"),
                    world.fact("mail-from")} {
        options_.iprev = world.has("iprev");
        options_.receiver = our_id;
    }

    void look_ahead(spf::LookAhead look_ahead) { options_.spf_options.look_ahead = look_ahead; }
    void forget_client() { envelope_.client.reset(); }
    void forget_signature(std::size_t index) {
        signatures_.erase(signatures_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    [[nodiscard]] std::size_t signatures() const { return signatures_.size(); }

    [[nodiscard]] test::Resolved<Verdict> check(const fuzz::Dns& dns,
                                                fuzz::Arrival arrival = fuzz::Arrival::together,
                                                dns::Answers known = {}) const {
        const authenticate::Input input{envelope_, message_.headers, signatures_, bodies_, fuzz::reception};
        const auto evaluate = [&](const dns::Answers& so_far) {
            return authenticate::inbound(input, so_far, options_);
        };
        return fuzz::finish(evaluate, dns, arrival, most_questions, std::move(known));
    }

    // As the daemon does it: what is settled is not found out again.
    [[nodiscard]] Verdict check_once_each(const fuzz::Dns& dns) const {
        const authenticate::Input input{envelope_, message_.headers, signatures_, bodies_, fuzz::reception};
        authenticate::Settled settled;
        const auto evaluate = [&](const dns::Answers& so_far) {
            return authenticate::inbound(input, so_far, options_, settled);
        };
        return fuzz::finish(evaluate, dns, fuzz::Arrival::first_only, most_questions).verdict;
    }

    [[nodiscard]] dns::Answers early_answers(const fuzz::Dns& dns) const {
        dns::Answers known;
        for (const auto& question :
             authenticate::header_questions(message::find_author(message_.headers), signatures_, options_)) {
            known.insert(question, dns(question));
        }
        return known;
    }

  private:
    const fuzz::SignedMessage& message_;
    const dkim::BodyHashes& bodies_;
    std::vector<dkim::Candidate> signatures_;
    authenticate::Envelope envelope_;
    authenticate::Options options_;
};

std::string print(const Verdict& verdict) {
    return authres::format(our_id, authenticate::results(verdict));
}

bool passes(const Verdict& verdict) {
    return verdict.dmarc->result == dmarc::Result::pass;
}

void check_words(const Verdict& verdict) {
    fuzz::require_our_results(our_id, print(verdict), authenticate::results(verdict));
    if (!passes(verdict)) {
        return;
    }
    using State = message::Author::State;
    fuzz::require(verdict.author.state == State::one || verdict.author.state == State::several_domains,
                  "no pass without a readable author");
    const bool spf = verdict.sender.mail_from && verdict.sender.mail_from->result == spf::Result::pass;
    const bool dkim = std::any_of(verdict.dkim.begin(), verdict.dkim.end(),
                                  [](const auto& one) { return one.result == dkim::Result::pass; });
    fuzz::require(spf || dkim, "no pass without SPF or DKIM");
}

void check_manners(Message message, const fuzz::Dns& dns, const std::string& expected) {
    using Manner = std::pair<spf::LookAhead, fuzz::Arrival>;
    for (const auto& [look_ahead, arrival] : {Manner{spf::LookAhead::none, fuzz::Arrival::backwards},
                                              Manner{spf::LookAhead::records, fuzz::Arrival::last_only},
                                              Manner{spf::LookAhead::all, fuzz::Arrival::first_only}}) {
        message.look_ahead(look_ahead);
        fuzz::require(print(message.check(dns, arrival).verdict) == expected,
                      "order and look-ahead change no result", expected);
    }
    fuzz::require(print(message.check_once_each(dns)) == expected, "what is settled stays so", expected);
    const auto early = message.check(dns, fuzz::Arrival::together, message.early_answers(dns));
    fuzz::require(print(early.verdict) == expected, "early answers change no result", expected);
}

bool is_same_or_error(const Verdict& now, const Verdict& before) {
    const auto dmarc = now.dmarc->result;
    bool holds = dmarc == before.dmarc->result || dmarc == dmarc::Result::temperror ||
                 dmarc == dmarc::Result::permerror;
    for (std::size_t i = 0; i < now.dkim.size(); ++i) {
        const auto dkim = now.dkim[i].result;
        holds = holds && (dkim == before.dkim[i].result || dkim == dkim::Result::temperror);
    }
    if (now.sender.mail_from) {
        const auto spf = now.sender.mail_from->result;
        holds = holds && (spf == before.sender.mail_from->result || spf == spf::Result::temperror);
    }
    return holds;
}

void check_failures(const Message& message, const fuzz::Dns& dns, const test::Resolved<Verdict>& before) {
    const bool reverse = std::any_of(before.known.begin(), before.known.end(),
                                     [](const auto& entry) { return entry.first.type == dns::Type::ptr; });
    if (reverse) { // RFC 7208 5.5: its failure is no match, and that may let a pass through
        return;
    }
    for (const auto& question : fuzz::some_questions(before.known, failures_tried)) {
        const auto failed = message.check(fuzz::with_failure(dns, question)).verdict;
        fuzz::require(is_same_or_error(failed, before.verdict), "a failed lookup makes nothing but an error",
                      dns::print(question) + " " + print(failed));
    }
}

void check_less(const Message& message, const fuzz::Dns& dns, bool passed) {
    for (std::size_t i = 0; i < message.signatures(); ++i) {
        Message less(message);
        less.forget_signature(i);
        fuzz::require(passed || !passes(less.check(dns).verdict), "without a signature nothing gets better");
    }
    Message less(message);
    less.forget_client();
    fuzz::require(passed || !passes(less.check(dns).verdict), "without a client nothing gets better");
    const fuzz::Dns no_keys = [&dns](const dns::Question& question) {
        return question.name.find("._domainkey.") == std::string::npos ? dns(question) : dns::no_name();
    };
    fuzz::require(!passes(less.check(no_keys).verdict), "without a client and keys nothing passes");
}

void run(std::string_view input) {
    const fuzz::World world(input);
    const auto signed_message = fuzz::signed_message(world);
    if (!signed_message) {
        return;
    }
    const fuzz::Dns dns = [&world](const dns::Question& question) { return world.answer(question); };
    const auto hashed = fuzz::hash(*signed_message, 1000);
    const Message message(world, *signed_message, hashed);
    const auto finished = message.check(dns);
    check_words(finished.verdict);
    check_manners(message, dns, print(finished.verdict));
    check_failures(message, dns, finished);
    check_less(message, dns, passes(finished.verdict));
}

const fuzz::Target target("inbound", run);

} // namespace
