#include "milter/transaction.h"

#include "authenticate/results.h"
#include "authres/forged_fields.h"
#include "authres/format.h"
#include "base/ascii.h"
#include "milter/author_policy.h"
#include "milter/leaving_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace milter {

using log::Event;

Transaction::Transaction(Service& service, TransactionContext context)
    : service_(service), context_(std::move(context)), now_(service.now()),
      message_count_(service.load.messages), header_bytes_(service.load.header_bytes) {
    message_count_.add(1);
    switch (context_.direction.mode) {
    case Mode::verify:
        if (context_.runtime->settings.roles.verify) {
            inbound_.emplace(context_.runtime, service_.resolver(), service_.load.waiting, context_.envelope,
                             now_);
        }
        break;
    case Mode::sign:
        outbound_.emplace(context_.runtime);
        break;
    case Mode::keep:
        break;
    }
}

void Transaction::header(std::string_view name, std::string_view body) {
    const auto& limits = context_.runtime->message_limits;
    if (is_refused()) {
        return;
    }
    const std::size_t most_in_memory = context_.runtime->settings.limits.headers_in_memory;
    if (name.size() + body.size() > limits.header_field_bytes) {
        over_limit_ = fmt::format("a field of {} bytes, limits.header_field_bytes is {}",
                                  name.size() + body.size(), limits.header_field_bytes);
    } else if (headers_.size() >= limits.header_fields) {
        over_limit_ = fmt::format("more than {} fields (limits.header_fields)", limits.header_fields);
    } else if (headers_.byte_count() + name.size() + body.size() > limits.header_bytes) {
        over_limit_ = fmt::format("more than {} bytes (limits.header_bytes)", limits.header_bytes);
    } else if (!header_bytes_.grow(name.size() + body.size(), most_in_memory)) {
        no_room_ = fmt::format(
            "the headers of all messages need more than {} bytes (limits.headers_in_memory)", most_in_memory);
    } else {
        headers_.add(message::HeaderField(name, body));
    }
}

void Transaction::end_of_header() {
    if (is_refused() || std::exchange(header_ended_, true)) {
        return;
    }
    if (inbound_) {
        inbound_->end_of_header(headers_);
    }
    if (outbound_) {
        end_of_own_header();
    }
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
    const auto verdict = inbound_->finish(headers_, progress);
    if (inbound_->driver().turned_away()) {
        return turn_away(queue_id, fmt::format("{} messages wait for the DNS (limits.waiting_messages)",
                                               context_.runtime->driver_limits.waiting));
    }
    Summary facts = summary();
    Actions actions = treat_author(verdict, facts);
    remove_forged_results({}, actions, facts);
    const auto body = authres::format(context_.authserv_id, authenticate::results(verdict));
    actions.insertions.push_back({"Authentication-Results", " " + body});
    facts.verdict = &verdict;
    facts.from = from_in_words(verdict.author, headers_);
    facts.dns_wait = inbound_->driver().waited();
    facts.dns_questions = inbound_->driver().questions();
    log_dns_limits(queue_id);
    log_message(queue_id, facts);
    return actions;
}

Actions Transaction::finish_outbound(std::string_view queue_id) {
    Summary facts = summary();
    Actions actions = treat_own_author(outbound_->author().state, facts);
    facts.from = from_in_words(outbound_->author(), headers_);
    facts.came_back = outbound_->own_result().doubt;
    remove_forged_results(outbound_->own_result().instances, actions, facts);
    auto result = sign_what_leaves(actions.deletions);
    if (!result.failure.empty()) {
        service_.logger().write(Event::signing_failed, queue_id, result.failure);
        Actions refusal = tempfail("message could not be signed, try again later");
        refusal.enhanced = "4.7.5"; // RFC 3463 3.8: cryptographic failure
        return refusal;
    }
    for (const std::string& missing : result.missing) {
        service_.logger().write(Event::signing_failed, queue_id, missing);
    }
    log_outbound(queue_id, result);
    actions.changes = std::move(changes_);
    actions.insertions = std::move(result.fields);
    facts.signed_by = std::move(result.names);
    facts.unsigned_because = std::move(result.unsigned_because);
    log_message(queue_id, facts);
    return actions;
}

// The deletions first: a signature over a field that we take away ourselves would be broken when it leaves.
Signed Transaction::sign_what_leaves(const std::vector<HeaderDeletion>& deletions) {
    return deletions.empty() ? outbound_->finish(headers_, now_)
                             : outbound_->finish(without(headers_, deletions), now_);
}

Actions Transaction::finish_kept(std::string_view queue_id) {
    log_message(queue_id, summary());
    return {};
}

Actions Transaction::refuse_header(std::string_view queue_id) {
    service_.logger().write(Event::header_over_limit, queue_id, over_limit_);
    return reject("552", "5.3.4", "message header is too large"); // RFC 3463 3.4: too big for system
}

// Not for want of anything in the message: the same one is welcome when there is less to do.
Actions Transaction::turn_away(std::string_view queue_id, std::string_view why) {
    service_.logger().write(Event::overloaded, queue_id, why);
    return tempfail("too busy, try again later");
}

Actions Transaction::treat_author(const authenticate::Verdict& verdict, Summary& facts) const {
    const auto& settings = context_.runtime->settings;
    const Doubt doubt = worst_doubt(verdict.author.state, verdict.stray_line_breaks, settings.author);
    Actions actions; // RFC 3463 3.8: delivery not authorized, message refused
    if (doubt.action == AuthorAction::reject) {
        actions = reject("550", "5.7.1", std::string(doubt.refusal));
    }
    for (auto instance = headers_.count(settings.quarantine_field); instance > 0; --instance) {
        actions.deletions.push_back({settings.quarantine_field, instance});
    }
    if (doubt.action == AuthorAction::mark) {
        actions.insertions.push_back({settings.quarantine_field, fmt::format(" {}", doubt.word)});
    }
    if (!doubt.word.empty()) {
        facts.author_action = fmt::format("{}/{}", doubt.word, print(doubt.action));
    }
    return actions;
}

Actions Transaction::treat_own_author(message::Author::State state, Summary& facts) const {
    const std::string& own_mail = context_.runtime->settings.author.own_mail;
    if (state != message::Author::State::one) {
        facts.author_action = fmt::format("{}/{}", mark_word(state), own_mail);
    }
    return milter::treat_own_author(state, own_mail);
}

Summary Transaction::summary() const {
    Summary facts;
    facts.direction = context_.direction;
    facts.client = context_.envelope.client;
    facts.mail_from = context_.envelope.mail_from;
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

// RFC 8601 5: what claims to be ours and came from outside goes, in either direction.
void Transaction::remove_forged_results(const std::vector<std::size_t>& kept, Actions& actions,
                                        Summary& facts) const {
    if (!context_.runtime->settings.roles.verify) {
        return;
    }
    const auto ids = own_ids();
    for (const auto instance : authres::forged_instances(headers_, ids)) {
        if (std::find(kept.begin(), kept.end(), instance) == kept.end()) {
            actions.deletions.push_back({"Authentication-Results", instance});
            ++facts.removed_results;
        }
    }
    for (auto& place : authres::hidden_forgeries(headers_, ids)) {
        // Fields of that name are removed already.
        if (!base::iequals(place.name, context_.runtime->settings.quarantine_field)) {
            actions.deletions.push_back({std::move(place.name), place.instance});
            ++facts.removed_results;
        }
    }
}

void Transaction::log_message(std::string_view queue_id, const Summary& facts) const {
    if (service_.logger().wants(Event::message)) {
        service_.logger().write(Event::message, queue_id, print(facts));
    }
}

void Transaction::log_outbound(std::string_view queue_id, const Signed& result) const {
    if (!changes_.empty()) {
        service_.logger().write(
            Event::header_mended, queue_id,
            fmt::format("a line break that is no fold became a blank in {} header field{}", changes_.size(),
                        changes_.size() == 1 ? "" : "s"));
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

} // namespace milter
