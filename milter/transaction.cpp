#include "milter/transaction.h"

#include "authenticate/results.h"
#include "authres/format.h"
#include "authres/strip.h"

#include <fmt/format.h>

namespace milter {

using log::Event;

Transaction::Transaction(Service& service, TransactionContext context)
    : service_(service), context_(std::move(context)), now_(service.now()) {
    switch (context_.direction.mode) {
    case Mode::verify:
        if (context_.runtime->settings.roles.verify) {
            inbound_.emplace(context_.runtime, service_.resolver(), context_.envelope, now_);
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
    if (!over_limit_.empty()) {
        return;
    }
    if (name.size() + body.size() > limits.header_field_bytes) {
        over_limit_ = fmt::format("a field of {} bytes, limits.header_field_bytes is {}",
                                  name.size() + body.size(), limits.header_field_bytes);
    } else if (headers_.size() >= limits.header_fields) {
        over_limit_ = fmt::format("more than {} fields (limits.header_fields)", limits.header_fields);
    } else if (headers_.byte_count() + name.size() + body.size() > limits.header_bytes) {
        over_limit_ = fmt::format("more than {} bytes (limits.header_bytes)", limits.header_bytes);
    } else {
        headers_.add(message::HeaderField(name, body));
    }
}

void Transaction::end_of_header() {
    if (!over_limit_.empty()) {
        return;
    }
    if (inbound_) {
        inbound_->end_of_header(headers_);
    }
    if (outbound_) {
        outbound_->end_of_header(headers_);
    }
}

void Transaction::body(std::string_view chunk) {
    if (inbound_) {
        inbound_->body(chunk);
    }
    if (outbound_) {
        outbound_->body(chunk);
    }
}

Actions Transaction::finish(std::string_view queue_id, const std::function<void()>& progress) {
    if (!over_limit_.empty()) {
        return refuse_header(queue_id);
    }
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
    Actions actions;
    Summary facts = summary();
    remove_forged_results(actions, facts);
    const auto body = authres::format(context_.authserv_id, authenticate::results(verdict));
    actions.insertions.push_back({"Authentication-Results", " " + body});
    facts.verdict = &verdict;
    facts.dns_wait = inbound_->driver().waited();
    facts.dns_questions = inbound_->driver().questions();
    log_dns_limits(queue_id);
    service_.logger().write(Event::message, queue_id, print(facts));
    return actions;
}

Actions Transaction::finish_outbound(std::string_view queue_id) {
    auto result = outbound_->finish(headers_, now_);
    if (!result.failure.empty()) {
        service_.logger().write(Event::signing_failed, queue_id, result.failure);
        Actions actions = tempfail("message could not be signed, try again later");
        actions.enhanced = "4.7.5"; // RFC 3463 3.8: cryptographic failure
        return actions;
    }
    Actions actions;
    Summary facts = summary();
    remove_forged_results(actions, facts);
    actions.insertions = std::move(result.fields);
    facts.signed_by = std::move(result.names);
    facts.unsigned_because = std::move(result.unsigned_because);
    service_.logger().write(Event::message, queue_id, print(facts));
    return actions;
}

Actions Transaction::finish_kept(std::string_view queue_id) {
    service_.logger().write(Event::message, queue_id, print(summary()));
    return {};
}

Actions Transaction::refuse_header(std::string_view queue_id) {
    service_.logger().write(Event::header_over_limit, queue_id, over_limit_);
    Actions actions;
    actions.reply = Reply::reject;
    actions.code = "552";
    actions.enhanced = "5.3.4"; // RFC 3463 3.4: message too big for system
    actions.text = "message header is too large";
    return actions;
}

Summary Transaction::summary() const {
    Summary facts;
    facts.direction = context_.direction;
    facts.client = context_.envelope.client;
    facts.mail_from = context_.envelope.mail_from;
    return facts;
}

// RFC 8601 section 5: what claims to be ours and came from outside goes, in either direction.
void Transaction::remove_forged_results(Actions& actions, Summary& facts) const {
    if (!context_.runtime->settings.roles.verify) {
        return;
    }
    std::vector<std::string> ids = context_.runtime->settings.strip_authserv_ids;
    ids.push_back(context_.authserv_id);
    for (const auto instance : authres::forged_instances(headers_, ids)) {
        actions.deletions.push_back({"Authentication-Results", instance});
    }
    facts.removed_results = actions.deletions.size();
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
