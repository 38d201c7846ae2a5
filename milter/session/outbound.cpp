#include "milter/session/outbound.h"

#include "dkim/field_lists.h"
#include "message/lexer.h"
#include "message/line_breaks.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::session {

namespace {

// The same at every further try, so that the message is better not held back.
Signed unsigned_with_warning(std::string why) {
    Signed result;
    result.unsigned_reason = record::Unsigned::header;
    result.unsigned_because = std::move(why);
    result.warn = true;
    return result;
}

// Without this signature, or not at all.
void do_without(const keys::Signer& signer, std::string_view problem, config::MissingKey rule,
                Signed& result) {
    auto words = fmt::format("key {}: {}", signer.name, problem);
    if (rule == config::MissingKey::sign_without) {
        result.missing.push_back(std::move(words));
    } else {
        result.failure = std::move(words);
    }
}

} // namespace

Outbound::Outbound(std::shared_ptr<const runtime::Runtime> runtime) : runtime_(std::move(runtime)) {}

void Outbound::end_of_header(const message::HeaderList& headers, const std::vector<std::string>& own_ids) {
    author_ = message::find_author(headers);
    if (!own_ids.empty()) {
        own_result_ = authres::find_own_result(headers, own_ids, author_.domains);
    }
    look_up_keys();
    if (!own_result_.doubt.empty() && !signers_.empty()) {
        signers_.clear();
        leave_unsigned(record::Unsigned::own_result,
                       fmt::format("our own result when it came in: {}", own_result_.doubt), true);
    }
    if (!signers_.empty()) {
        body_hash_ = bodies_.request(runtime_->sign_options.body_canonicalization, std::nullopt);
        looks_for_fragile_ = runtime_->settings.signing.fragile != config::Fragile::sign;
    }
}

void Outbound::leave_unsigned(record::Unsigned reason, std::string because, bool warn) {
    unsigned_reason_ = reason;
    unsigned_because_ = std::move(because);
    warn_ = warn;
}

void Outbound::look_up_keys() {
    // Whose name we lend must be beyond doubt: one From field, readable in one way, with one domain.
    if (!runtime_->settings.roles.sign) {
        return leave_unsigned(record::Unsigned::off, "signing is off (roles.sign)", false);
    }
    if (author_.state != message::Author::State::one) {
        return leave_unsigned(record::Unsigned::author, author_.problem, true);
    }
    find_signers();
    leave_out_absent_keys();
}

// A signature stands for every author that a reader may be shown.
void Outbound::find_signers() {
    const auto& domain = author_.domains.front();
    std::vector<std::string_view> local_parts;
    for (const auto& mailbox : author_.mailboxes) {
        local_parts.push_back(mailbox.local_part);
    }
    auto common = runtime_->keys->signers_for_all(local_parts, domain);
    signers_ = std::move(common.signers);
    if (!signers_.empty()) {
        return;
    }
    if (!common.author_in_the_way) {
        return leave_unsigned(record::Unsigned::no_key, fmt::format("no key for {}", domain.text()), false);
    }
    const auto& local_part = common.not_allowed;
    leave_unsigned(record::Unsigned::not_allowed,
                   fmt::format("no key signs for all authors of From: not for {}@{}",
                               message::is_dot_atom(local_part) ? local_part : message::quote(local_part),
                               domain.text()),
                   true);
}

void Outbound::leave_out_absent_keys() {
    const auto present = std::stable_partition(signers_.begin(), signers_.end(),
                                               [](const keys::Signer& signer) { return !signer.absent; });
    if (present == signers_.begin() && !signers_.empty()) {
        leave_unsigned(record::Unsigned::key,
                       fmt::format("no key of the author's domain: {}: {}", signers_.front().name,
                                   signers_.front().problem),
                       true);
    }
    signers_.erase(present, signers_.end());
}

void Outbound::body(std::string_view chunk) {
    bodies_.update(chunk);
    if (looks_for_fragile_) {
        body_scan_.update(chunk);
    }
}

Signed Outbound::finish(const message::HeaderList& headers, base::UnixTime now) {
    bodies_.finish();
    Signed result;
    result.unsigned_because = unsigned_because_;
    result.unsigned_reason = unsigned_reason_;
    result.warn = warn_;
    if (signers_.empty()) {
        return result;
    }
    if (message::has_stray_line_break(headers)) {
        return unsigned_with_warning("a line break in the name of a header field");
    }
    if (const auto obstacle = dkim::signing_obstacle(runtime_->sign_options, headers); !obstacle.empty()) {
        return unsigned_with_warning(std::string(obstacle));
    }
    for (const auto& signer : signers_) {
        sign_with(signer, headers, now, result);
        if (!result.failure.empty()) {
            result.fields.clear();
            result.names.clear();
            break;
        }
    }
    if (result.fields.empty() && !result.missing.empty()) {
        result.unsigned_because = result.missing.front();
        result.unsigned_reason = record::Unsigned::key;
    }
    if (looks_for_fragile_ && !result.fields.empty()) {
        const auto& options = runtime_->sign_options;
        result.fragile = message::find_fragile(
            headers, body_scan_.finish(),
            {.where_present = options.signed_fields, .also_absent = options.oversigned_fields}, by_sendmail_);
    }
    return result;
}

void Outbound::sign_with(const keys::Signer& signer, const message::HeaderList& headers, base::UnixTime now,
                         Signed& result) {
    if (!signer.key) {
        return do_without(signer, signer.problem, runtime_->settings.signing.missing_key, result);
    }
    dkim::SignOptions options = runtime_->sign_options;
    options.domain = signer.domain;
    options.selector = signer.selector;
    options.identity = signer.identity;
    if (spares_lists_) {
        dkim::spare_lists(options);
    }
    auto field = dkim::sign(options, *signer.key, headers, bodies_.digest(body_hash_), now);
    if (!field) {
        return do_without(signer, field.error().message, runtime_->settings.signing.on_error, result);
    }
    result.fields.push_back({"DKIM-Signature", std::move(*field)});
    result.names.push_back(fmt::format("{}/{}", signer.domain, signer.selector));
}

} // namespace milter::session
