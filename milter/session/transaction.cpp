#include "milter/session/transaction.h"

#include "authenticate/disposition.h"
#include "authenticate/owned_fields.h"
#include "authenticate/received_spf.h"
#include "authenticate/results.h"
#include "authenticate/submission.h"
#include "authenticate/told.h"
#include "authres/format.h"
#include "base/ascii.h"
#include "message/line_breaks.h"
#include "milter/record/log_line.h"
#include "milter/record/tally.h"
#include "milter/session/failed_mail.h"
#include "milter/session/leaving_header.h"
#include "milter/session/recipient_answers.h"
#include "milter/session/unsigned_recipients.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace milter::session {

using log::Event;

namespace {

// Of one message, kept for decisions about it. A message with more has more recipients than any rule is for.
constexpr std::size_t most_recipients = 1000;
// RFC 5321 4.5.3.1.3 has 256, but a source route or an extension of the local-part may be as long as the mail
// server's lines, and the recipient is the same.
constexpr std::size_t longest_path = 2048;
constexpr std::size_t most_path_bytes = most_recipients * 512; // of all of them

// By a relay that cannot be told from other clients, perhaps, which would have to bounce what is refused.
std::string handed_over(const Direction& direction, const std::string& unknown_relay) {
    return direction.is_own             ? authenticate::mail_of_ours
           : direction.client_is_filter ? authenticate::back_from_filter
           : unknown_relay.empty()      ? std::string()
                                   : fmt::format("the address of the relay {} is not known", unknown_relay);
}

// Only what the mail server says. An authentication without a name is one all the same.
Submission submission(const TransactionContext& context) {
    const Login& login = context.login;
    Submission submission{{{}, context.envelope.client}, context.daemon_name, context.envelope.mail_from};
    if (is_authenticated(login.name, login.mechanism)) {
        submission.submitter.login = base::trim_fws(login.name);
    }
    return submission;
}

// Mail of which nobody can say whether its submitter may write its From.
authenticate::Disposition put_off_sender() {
    authenticate::Disposition disposition;
    disposition.action = authenticate::Action::tempfail;
    disposition.reason = "sender-unknown";
    disposition.reply = authenticate::SmtpReply{"451", "4.4.3", // RFC 3463 3.5: a directory cannot be reached
                                                "cannot find out who may send from the address in From"};
    return disposition;
}

// Mail whose From is none that its submitter may write.
authenticate::Disposition refuse_sender(bool for_good) {
    authenticate::Disposition disposition;
    disposition.action = for_good ? authenticate::Action::reject : authenticate::Action::tempfail;
    disposition.reason = "sender-mismatch";
    constexpr const char* text = "the address in From is not one that you may send from";
    disposition.reply = for_good ? authenticate::SmtpReply{"550", "5.7.1", text}
                                 : authenticate::SmtpReply{"451", "4.7.1", text};
    return disposition;
}

} // namespace

Transaction::Transaction(runtime::Service& service, TransactionContext context)
    : service_(service), context_(std::move(context)), now_(service.now()),
      message_count_(service.load.messages), header_bytes_(service.load.header_bytes) {
    message_count_.add(1);
    switch (context_.direction.mode) {
    case record::Mode::verify:
        if (context_.runtime->settings.roles.verify) {
            inbound_.emplace(context_.runtime, service_.resolver(), service_.load.waiting, context_.envelope,
                             context_.direction.client_is_relay, now_);
        }
        break;
    case record::Mode::sign:
        outbound_.emplace(context_.runtime, submission(context_));
        if (context_.by_sendmail) {
            outbound_->expect_sendmail();
        }
        break;
    case record::Mode::keep:
        break;
    }
}

Actions Transaction::recipient(std::string_view path) {
    Actions answer;
    // Of mail through a relay nothing is known before its header.
    if (inbound_ && context_.runtime->answers_recipients && context_.runtime->checks.policyd &&
        !context_.direction.client_is_relay) {
        answer = answer_recipient(path);
    }
    if (answer.reply != Reply::proceed) { // the message is not for him
        return answer;
    }
    if (recipients_.size() == most_recipients || path.size() > longest_path ||
        recipient_bytes_ + path.size() > most_path_bytes) {
        more_recipients_ = true;
    } else if (takes_room(path.size())) {
        recipients_.emplace_back(path);
        recipient_bytes_ += path.size();
    }
    return answer;
}

Actions Transaction::answer_recipient(std::string_view path) {
    if (!sender_) {
        sender_ = inbound_->finish_sender();
    }
    if (inbound_->driver().turned_away()) { // the same is true for each recipient, and of the message
        return turn_away("", busy());
    }
    const auto& runtime = *context_.runtime;
    const auto outcome =
        judge_recipient({path, handed_over(context_.direction, runtime.unknown_relay)}, *sender_,
                        context_.envelope, runtime.policies, *runtime.checks.policyd, now_);
    record::tally(outcome, service_.counters);
    if (!outcome.finding.reason.empty()) {
        service_.logger().write(Event::recipient_judged, recipient_line(path, context_.envelope, outcome));
    }
    return answer_for(outcome);
}

// Inserted before Authentication-Results, and so below it.
void Transaction::add_received_spf(const authenticate::Verdict& verdict, const Arrival& arrival,
                                   Actions& actions) const {
    const auto& settings = context_.runtime->settings.spf;
    if (!settings.received_spf) {
        return;
    }
    const auto body =
        authenticate::received_spf(verdict.sender, arrival.envelope,
                                   settings.policyd.hide_receiver ? std::string() : context_.authserv_id);
    if (body) {
        actions.insertions.push_back({"Received-SPF", " " + *body});
    }
}

void Transaction::header(std::string_view name, std::string_view body) {
    const auto& limits = context_.runtime->message_limits;
    if (is_refused()) {
        return;
    }
    if (name.size() + body.size() > limits.header_field_bytes) {
        over_limit_ = fmt::format("a field of {} bytes, limits.header_field_bytes is {}",
                                  name.size() + body.size(), limits.header_field_bytes);
    } else if (headers_.size() >= limits.header_fields) {
        over_limit_ = fmt::format("more than {} fields (limits.header_fields)", limits.header_fields);
    } else if (headers_.byte_count() + name.size() + body.size() > limits.header_bytes) {
        over_limit_ = fmt::format("more than {} bytes (limits.header_bytes)", limits.header_bytes);
    } else if (takes_room(name.size() + body.size())) {
        headers_.add(message::HeaderField(name, body));
    }
}

// Of what all messages have together.
bool Transaction::takes_room(std::size_t bytes) {
    const std::size_t most = context_.runtime->settings.limits.headers_in_memory;
    if (no_room_.empty() && !header_bytes_.grow(bytes, most)) {
        no_room_ = fmt::format(
            "the headers of all messages need more than {} bytes (limits.headers_in_memory)", most);
    }
    return no_room_.empty();
}

void Transaction::end_of_header() {
    if (is_refused() || std::exchange(header_ended_, true)) {
        return;
    }
    auto author = heed_exemption();
    if (inbound_) {
        inbound_->end_of_header(headers_, std::move(author));
    }
    if (outbound_) {
        end_of_own_header();
    }
}

// A header that readers take in two ways is checked whoever seems to be its author.
std::optional<message::Author> Transaction::heed_exemption() {
    const auto& exempt = context_.runtime->exempt_domains;
    if (exempt.empty() || context_.direction.mode == record::Mode::keep) {
        return std::nullopt;
    }
    auto author = message::find_author(headers_);
    if (!is_exempt(author, headers_, exempt)) {
        return author;
    }
    inbound_.reset();
    outbound_.reset();
    context_.direction.mode = record::Mode::keep;
    context_.direction.why += fmt::format(", exempt domain {}", author.domains.front().text());
    return author;
}

void Transaction::end_of_own_header() {
    const bool heed = context_.direction.may_be_returned && context_.runtime->settings.roles.heed_own_results;
    // The author is as it came: a From behind a line break counts.
    outbound_->end_of_header(headers_, heed ? ids_to_heed() : std::vector<std::string>());
    changes_ = mend_line_breaks(headers_);
}

void Transaction::body(std::string_view chunk) {
    end_of_header();
    if (inbound_) {
        inbound_->body(chunk);
    }
    if (outbound_) {
        outbound_->body(chunk);
    }
}

bool Transaction::wants_body() const {
    return !is_refused() && ((inbound_ && inbound_->wants_body()) || (outbound_ && outbound_->wants_body()));
}

Actions Transaction::finish(std::string_view queue_id, const std::function<void()>& progress) {
    if (!over_limit_.empty()) {
        return refuse_header(queue_id);
    }
    if (!no_room_.empty()) {
        return turn_away(queue_id, no_room_);
    }
    end_of_header();
    if (inbound_) {
        return finish_inbound(queue_id, progress);
    }
    if (outbound_) {
        return finish_outbound(queue_id);
    }
    return finish_kept(queue_id);
}

Actions Transaction::finish_inbound(std::string_view queue_id, const std::function<void()>& progress) {
    auto verdict = inbound_->finish(headers_, progress);
    if (inbound_->driver().turned_away()) {
        return turn_away(queue_id, busy());
    }
    record::MessageFacts facts = known_at_mail_from();
    const Arrival came = arrival(queue_id, verdict);
    auto judgement = judge(verdict, came, *context_.runtime, service_.dns_patience);
    facts.disposition = std::move(judgement.disposition);
    facts.profile = std::move(judgement.profile);
    facts.setting = std::move(judgement.setting);
    facts.would_setting = std::move(judgement.would_setting);
    facts.patience_over = judgement.patience_over;
    Actions actions = actions_for(facts.disposition);
    remove_foreign_fields({}, actions, facts);
    add_received_spf(verdict, came, actions);
    const authenticate::Shown shown{.every_helo = context_.runtime->settings.spf.report_helo};
    auto results = authenticate::results(verdict, shown);
    authenticate::tell_disposition(facts.disposition, results);
    for (auto& one : login_result()) {
        results.push_back(std::move(one));
    }
    insert_results(results, actions);
    facts.from = record::from_in_words(verdict.author, headers_);
    facts.client = verdict.relay ? verdict.relay->client : facts.client;
    facts.verdict = std::move(verdict);
    if (has_readers()) {
        note_for_reports(queue_id, facts);
    }
    facts.dns_wait = inbound_->driver().waited();
    facts.dns_questions = inbound_->driver().questions();
    log_dns_limits(queue_id);
    note_failure(facts);
    conclude(queue_id, facts);
    return actions;
}

Actions Transaction::finish_outbound(std::string_view queue_id) {
    record::MessageFacts facts = known_at_mail_from();
    facts.came_back = outbound_->own_result().doubt;
    if (facts.came_back.empty()) { // or a stranger wrote it, and the rule for our own is none of his
        facts.disposition =
            authenticate::dispose_own(outbound_->author().state, context_.runtime->settings.author.own_mail);
        heed_sender_table(facts.disposition);
    }
    Actions actions = actions_for(facts.disposition);
    facts.from = record::from_in_words(outbound_->author(), headers_);
    remove_foreign_fields(outbound_->own_result().instances, actions, facts);
    auto result = sign_unless_unwanted(actions.deletions);
    if (!result.failure.empty()) {
        service_.logger().write(Event::signing_failed, queue_id, result.failure);
        Actions refusal = tempfail("message could not be signed, try again later");
        refusal.enhanced = "4.7.5"; // RFC 3463 3.8: cryptographic failure
        return refusal;
    }
    for (const std::string& missing : result.missing) {
        service_.logger().write(Event::signing_failed, queue_id, missing);
    }
    const bool put_off =
        !result.fragile.empty() && context_.runtime->settings.signing.fragile == config::Fragile::tempfail;
    log_outbound(queue_id, result, actions.reply == Reply::proceed && !put_off);
    facts.fragile = std::move(result.fragile);
    if (put_off) {
        facts.unsigned_because = "put off, it would not arrive as it is (signing.fragile)";
        facts.unsigned_reason = record::Unsigned::fragile;
        conclude(queue_id, facts);
        Actions refusal = tempfail("message would be changed on its way, which breaks its signature");
        refusal.enhanced = "4.6.3"; // RFC 3463 3.7: conversion required
        return refusal;
    }
    std::move(result.fields.begin(), result.fields.end(), std::back_inserter(actions.insertions));
    if (const auto login = login_result(); !login.empty()) {
        insert_results(login, actions);
    }
    facts.signed_by = std::move(result.names);
    facts.unsigned_because = std::move(result.unsigned_because);
    facts.unsigned_reason = result.unsigned_reason;
    conclude(queue_id, facts);
    actions.changes = std::move(changes_); // the last that can fail is behind us
    return actions;
}

// Where nobody can say just now, it is not refused for good.
void Transaction::heed_sender_table(authenticate::Disposition& disposition) const {
    const auto& choice = outbound_->choice();
    const auto& settings = context_.runtime->settings;
    const auto rule = settings.senders.mismatch;
    const bool waits = choice.unknown && settings.signing.missing_key == config::MissingKey::tempfail;
    if (!choice.forbidden || (rule == config::SenderMismatch::sign_without && !waits) ||
        disposition.action == authenticate::Action::reject) {
        return;
    }
    disposition = choice.unknown ? put_off_sender() : refuse_sender(rule == config::SenderMismatch::reject);
}

std::vector<authres::MethodResult> Transaction::login_result() const {
    if (context_.runtime->settings.roles.report_authentication) {
        if (auto result = authenticate::submission_result(context_.login.name, context_.login.mechanism)) {
            return {std::move(*result)};
        }
    }
    return {};
}

void Transaction::insert_results(const std::vector<authres::MethodResult>& results, Actions& actions) const {
    actions.insertions.push_back(
        {"Authentication-Results", " " + authres::format(context_.authserv_id, results)});
}

// With more recipients than were kept one of the others may be meant. To be without a signature is the
// exception, so that such a message is signed.
Signed Transaction::sign_unless_unwanted(const std::vector<HeaderDeletion>& deletions) {
    const auto& unwanted = context_.runtime->settings.signing.unsigned_recipients;
    const auto recipient = find_unsigned_recipient(unwanted, recipients_);
    if (recipient.empty()) {
        if (goes_to(context_.runtime->settings.signing.list_recipients, recipients_)) {
            outbound_->spare_lists();
        }
        return sign_what_leaves(deletions);
    }
    Signed result;
    result.unsigned_reason = record::Unsigned::recipient;
    result.unsigned_because = fmt::format("mail to {} (signing.unsigned_recipients)", recipient);
    return result;
}

// The deletions first: a signature over a field that we take away ourselves would be broken when it leaves.
Signed Transaction::sign_what_leaves(const std::vector<HeaderDeletion>& deletions) {
    return deletions.empty() ? outbound_->finish(headers_, now_)
                             : outbound_->finish(without(headers_, deletions), now_);
}

// The header, which was taken in, is all that is used: whatever failed may fail again.
Actions Transaction::let_through(std::string_view queue_id) {
    if (is_refused()) {
        return over_limit_.empty() ? turn_away(queue_id, no_room_) : refuse_header(queue_id);
    }
    context_.direction.mode = record::Mode::keep;
    context_.direction.why += ", internal error";
    Actions actions = finish_kept(queue_id);
    actions.changes = std::move(changes_);
    return actions;
}

// Nobody checked it, so that no result in it is ours.
Actions Transaction::finish_kept(std::string_view queue_id) {
    record::MessageFacts facts = known_at_mail_from();
    Actions actions;
    if (!context_.direction.keeps_results) {
        remove_foreign_fields({}, actions, facts);
    }
    conclude(queue_id, facts);
    return actions;
}

Actions Transaction::refuse_header(std::string_view queue_id) {
    service_.logger().write(Event::header_over_limit, queue_id, over_limit_);
    constexpr const char* text = "message header is too large";
    if (context_.runtime->settings.limits.over_limit == authenticate::Action::tempfail) {
        Actions refusal = tempfail(text);
        refusal.enhanced = "4.3.4"; // RFC 3463 3.4: too big for system
        return refusal;
    }
    return reject("552", "5.3.4", text);
}

// Not for want of anything in the message: the same one is welcome when there is less to do.
Actions Transaction::turn_away(std::string_view queue_id, std::string_view why) {
    service_.logger().write(Event::overloaded, queue_id, why);
    return tempfail("too busy, try again later");
}

Arrival Transaction::arrival(std::string_view queue_id, const authenticate::Verdict& verdict) const {
    Arrival arrival{.daemon_name = context_.daemon_name,
                    .daemon_port = context_.daemon_port,
                    .envelope = inbound_->checked_envelope(),
                    .circumstances = {},
                    .recipients_answered = sender_.has_value(),
                    .more_recipients = more_recipients_};
    authenticate::Circumstances& circumstances = arrival.circumstances;
    circumstances.handed_over = handed_over(context_.direction, context_.runtime->unknown_relay);
    circumstances.recipients = more_recipients_ ? std::vector<std::string>() : recipients_;
    if (needs_signs(context_.runtime->policies)) {
        circumstances.signs = authenticate::find_signs(headers_, arrival.envelope.mail_from);
    }
    circumstances.queue_id = queue_id;
    circumstances.now = now_;
    return arrive(std::move(arrival), verdict);
}

std::string Transaction::busy() const {
    return fmt::format("{} messages wait for the DNS (limits.waiting_messages)",
                       context_.runtime->driver_limits.waiting);
}

record::MessageFacts Transaction::known_at_mail_from() const {
    record::MessageFacts facts;
    facts.mode = context_.direction.mode;
    facts.why = context_.direction.why;
    facts.client = context_.envelope.client;
    facts.mail_from = context_.envelope.mail_from;
    facts.more_recipients = more_recipients_;
    return facts;
}

std::vector<std::string> Transaction::own_ids() const {
    std::vector<std::string> ids = context_.runtime->settings.strip_authserv_ids;
    ids.push_back(context_.authserv_id);
    if (context_.runtime->settings.authserv_id.empty()) { // every service of the MTA has a name of its own
        add_host_names(ids);
    }
    return ids;
}

std::vector<std::string> Transaction::ids_to_heed() const {
    std::vector<std::string> ids = own_ids();
    add_host_names(ids);
    return ids;
}

void Transaction::add_host_names(std::vector<std::string>& ids) const {
    const auto add = [&ids](const std::string& name) {
        if (std::find(ids.begin(), ids.end(), name) == ids.end()) {
            ids.push_back(name);
        }
    };
    add(context_.runtime->host_name);
    const auto names = service_.mta_names.all();
    std::for_each(names->begin(), names->end(), add);
}

void Transaction::remove_foreign_fields(const std::vector<std::size_t>& kept, Actions& actions,
                                        record::MessageFacts& facts) const {
    const auto& settings = context_.runtime->settings;
    if (!settings.roles.verify) {
        return;
    }
    const bool is_own = context_.direction.mode == record::Mode::sign;
    const bool writes_received_spf = inbound_ && settings.spf.received_spf;
    const authenticate::Ownership ours{.authserv_ids = own_ids(),
                                       .quarantine_field = is_own ? "" : settings.quarantine_field,
                                       .spf_receivers =
                                           writes_received_spf ? own_ids() : std::vector<std::string>()};
    auto foreign = authenticate::find_foreign_fields(headers_, ours, kept);
    for (auto& place : foreign.places) {
        actions.deletions.push_back({std::move(place.name), place.instance});
    }
    facts.removed_results = foreign.results;
}

bool Transaction::has_readers() const {
    const auto& settings = context_.runtime->settings.reports;
    return std::ranges::any_of(service_.facts_readers,
                               [&](const auto* reader) { return reader->is_on(settings); });
}

void Transaction::note_for_reports(std::string_view queue_id, record::MessageFacts& facts) const {
    facts.from_outside = !context_.direction.is_own && !context_.direction.client_is_filter;
    facts.mail_kind = report::find_kind(headers_);
    facts.arrived = now_;
    facts.queue_id = queue_id;
    facts.host = context_.mta_name.empty() ? context_.runtime->host_name : context_.mta_name;
    if (context_.runtime->settings.reports.envelope_to && !more_recipients_) {
        facts.recipients = recipients_;
    }
}

void Transaction::note_failure(const record::MessageFacts& facts) {
    const auto& settings = context_.runtime->settings.reports;
    if (service_.failure_reader == nullptr || !settings.enabled || !settings.failure.enabled ||
        !facts.from_outside) {
        return;
    }
    const auto failure = report::find_failure(
        *facts.verdict, settings.failure.count_absent ? report::Absent::fails : report::Absent::passes_over);
    if (failure) {
        const FailedMail mail(*context_.runtime, context_.authserv_id, headers_, *facts.verdict, recipients_,
                              *inbound_);
        service_.failure_reader->read(facts, *failure, mail);
    }
}

void Transaction::conclude(std::string_view queue_id, const record::MessageFacts& facts) const {
    record::tally(facts, service_.counters);
    if (service_.logger().wants(Event::message)) {
        service_.logger().write(Event::message, queue_id, record::log_line(facts));
    }
    for (record::FactsReader* reader : service_.facts_readers) {
        if (reader->is_on(context_.runtime->settings.reports)) {
            reader->read(facts);
        }
    }
}

void Transaction::log_outbound(std::string_view queue_id, const Signed& result, bool goes_on) const {
    if (goes_on && !changes_.empty()) {
        service_.logger().write(
            Event::header_mended, queue_id,
            fmt::format("a line break that is no fold became a blank in {} header field{}", changes_.size(),
                        changes_.size() == 1 ? "" : "s"));
    }
    if (!result.fragile.empty()) {
        service_.logger().write(Event::fragile, queue_id, message::in_words(result.fragile));
    }
    if (result.warn) {
        service_.logger().write(Event::not_signed, queue_id, result.unsigned_because);
    }
}

void Transaction::log_dns_limits(std::string_view queue_id) const {
    const Driver& driver = inbound_->driver();
    if (driver.timed_out()) {
        service_.logger().write(Event::dns_budget_spent, queue_id,
                                fmt::format("not all DNS answers came within {} ms",
                                            context_.runtime->driver_limits.budget.count()));
    }
    if (driver.refused_questions()) {
        service_.logger().write(
            Event::dns_question_limit, queue_id,
            fmt::format("more than {} DNS questions", context_.runtime->driver_limits.questions));
    }
}

} // namespace milter::session
