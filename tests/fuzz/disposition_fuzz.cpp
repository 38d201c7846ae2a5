// What becomes of a message, by what strangers say. Facts: mail-from, rcpt, explanation, queue-id; results,
// letters that each choose the result of one check; reply and pattern, which an operator writes. The rest is
// a header.
//
// - Nothing is refused for good where the DNS gave no answer, and nothing at all through a relay.
// - An exception never makes anything harder.
// - A reply is one line of bounded length, and what is said of the message can stand in a comment.
// - A pattern that was read is read the same again.
#include "authenticate/disposition.h"
#include "authenticate/pattern.h"
#include "authenticate/reply.h"
#include "authenticate/told.h"
#include "authres/format.h"
#include "base/ascii.h"
#include "fuzz/property.h"
#include "fuzz/world.h"
#include "message/parse_message.h"

namespace {

using authenticate::Action;
using authenticate::Disposition;

class Letters {
  public:
    explicit Letters(std::string text) : text_(std::move(text)) {}

    std::size_t next(std::size_t count) {
        return position_ < text_.size() ? static_cast<unsigned char>(text_[position_++]) % count : 0;
    }
    template <class Enum>
    Enum choose(std::size_t count) {
        return static_cast<Enum>(next(count));
    }

  private:
    std::string text_;
    std::size_t position_ = 0;
};

authenticate::Verdict verdict_of(const fuzz::World& world, Letters& letters,
                                 const message::HeaderList& headers) {
    authenticate::Verdict verdict;
    verdict.author = message::find_author(headers);
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = letters.choose<spf::Result>(7);
    verdict.sender.mail_from->explanation = world.fact("explanation");
    verdict.sender.iprev.emplace();
    verdict.sender.iprev->result = letters.choose<iprev::Result>(4);
    verdict.dkim_checked = true;
    verdict.dkim.resize(letters.next(3));
    for (auto& signature : verdict.dkim) {
        signature.cause = letters.choose<dkim::Cause>(21);
        signature.result = dkim::result_of(*signature.cause);
        signature.domain = letters.next(2) == 0 ? "example.org" : "example.net";
    }
    verdict.dmarc.emplace();
    verdict.dmarc->result = letters.choose<dmarc::Result>(5);
    if (!verdict.author.domains.empty()) {
        verdict.dmarc->author_domain = verdict.author.domains.front();
        verdict.dmarc->evaluation.emplace();
        verdict.dmarc->evaluation->policy = letters.choose<dmarc::Policy>(3);
    }
    return verdict;
}

authenticate::Policy policy_of(Letters& letters, std::string reply) {
    authenticate::Policy policy;
    const auto action = [&letters] { return letters.choose<Action>(6); };
    policy.author = {action(), action(), action(), action(), action()};
    policy.spf = {action(), action(), action(), action(), action(), action()};
    policy.dkim = {action(), action(), action(), action(), action(), action(), letters.next(2) != 0};
    policy.iprev = {action(), action(), action()};
    policy.dmarc = {letters.choose<authenticate::Enforcement>(3), action(), action(), action(), action()};
    policy.replies.texts.fill(reply);
    policy.replies.several = std::move(reply);
    return policy;
}

bool is_one_line(const std::string& text, std::size_t longest) {
    return text.size() <= longest && base::all_printable(text);
}

void check(const Disposition& disposition) {
    for (const auto& finding : disposition.findings) {
        const bool for_good = finding.taken == Action::reject || finding.taken == Action::discard;
        fuzz::require(!finding.temperror || !for_good, "no answer is no reason to refuse for good");
        fuzz::require(finding.taken <= finding.due && finding.due <= finding.asked, "nothing becomes harder");
        fuzz::require(finding.taken <= disposition.action, "the hardest action decides");
    }
    if (disposition.reply) {
        fuzz::require(is_one_line(disposition.reply->text, authenticate::longest_reply_text),
                      "a reply is one line of printable ASCII");
    }
    std::vector<authres::MethodResult> results(1);
    results[0].method = "dmarc";
    results[0].result = "fail";
    tell_disposition(disposition, results);
    for (const std::string& words : results[0].comments) {
        fuzz::require(is_one_line(words, 200) && words.find_first_of("=();\"\\") == std::string::npos,
                      "what is said can stand in a comment");
    }
    fuzz::require(authres::format("mx.test", results).find("=pass") == std::string::npos,
                  "what is said spells no result");
}

void read_pattern(const std::string& text) {
    const auto pattern = authenticate::read_pattern(text);
    if (pattern) {
        const auto again = authenticate::read_pattern(*pattern);
        fuzz::require(again && *again == *pattern, "a pattern survives its own text");
    }
}

void run(std::string_view input) {
    const fuzz::World world(input);
    read_pattern(world.fact("pattern"));
    const auto message = message::parse_message(world.rest());
    const auto headers = message ? message->headers : message::HeaderList();
    Letters letters(world.fact("results"));
    authenticate::Circumstances known;
    known.mail_from = world.fact("mail-from");
    known.recipients = world.facts("rcpt");
    known.signs = authenticate::find_signs(headers, known.mail_from);
    known.queue_id = world.fact("queue-id");
    const auto verdict = verdict_of(world, letters, headers);
    const auto policy = policy_of(letters, world.fact("reply"));
    authenticate::Exception exception;
    exception.name = world.fact("pattern");
    exception.mail_from = {world.fact("pattern")};
    exception.only_if = {authenticate::Evidence::dkim_body_hash};

    const auto disposition = dispose(verdict, known, policy, {});
    check(disposition);
    const auto excepted = dispose(verdict, known, policy, {exception});
    check(excepted);
    fuzz::require(excepted.action <= disposition.action, "an exception makes nothing harder");
    known.handed_over = authenticate::through_relay;
    fuzz::require(dispose(verdict, known, policy, {}).action <= Action::quarantine,
                  "nothing is refused that a relay would bounce");
}

const fuzz::Target target("disposition", run);

} // namespace
