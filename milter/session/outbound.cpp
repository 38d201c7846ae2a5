#include "milter/session/outbound.h"

#include "dkim/field_lists.h"
#include "message/line_breaks.h"

#include <fmt/format.h>

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

Outbound::Outbound(std::shared_ptr<const runtime::Runtime> runtime, Submission submission)
    : runtime_(std::move(runtime)), submission_(std::move(submission)) {}

void Outbound::end_of_header(const message::HeaderList& headers, const std::vector<std::string>& own_ids) {
    author_ = message::find_author(headers);
    if (!own_ids.empty()) {
        own_result_ = authres::find_own_result(headers, own_ids, author_.domains);
    }
    choice_ = choose_keys(*runtime_, headers, author_, submission_);
    if (!own_result_.doubt.empty() && !choice_.signers.empty()) {
        choice_.signers.clear();
        choice_.unsigned_because = fmt::format("our own result when it came in: {}", own_result_.doubt);
        choice_.unsigned_reason = record::Unsigned::own_result;
        choice_.warn = true;
    }
    for (const auto& signer : choice_.signers) {
        body_hashes_.push_back(bodies_.request(shape_of(signer).body_canonicalization, std::nullopt));
    }
    looks_for_fragile_ =
        !choice_.signers.empty() && runtime_->settings.signing.fragile != config::Fragile::sign;
}

const keys::Shape& Outbound::shape_of(const keys::Signer& signer) const {
    return signer.shape ? *signer.shape : runtime_->sign_options;
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
    result.unsigned_because = choice_.unsigned_because;
    result.unsigned_reason = choice_.unsigned_reason;
    result.warn = choice_.warn;
    if (choice_.signers.empty()) {
        return result;
    }
    if (message::has_stray_line_break(headers)) {
        return unsigned_with_warning("a line break in the name of a header field");
    }
    for (const auto& signer : choice_.signers) {
        if (const auto obstacle = dkim::signing_obstacle(shape_of(signer), headers); !obstacle.empty()) {
            return unsigned_with_warning(std::string(obstacle));
        }
    }
    for (std::size_t i = 0; i < choice_.signers.size(); ++i) {
        sign_with(i, headers, now, result);
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
        result.fragile = find_fragile(headers);
    }
    return result;
}

// Whatever breaks any of the signatures.
std::vector<message::Fragility> Outbound::find_fragile(const message::HeaderList& headers) {
    const auto body = body_scan_.finish();
    std::vector<message::Fragility> kinds;
    const keys::Shape* last = nullptr;
    for (const auto& signer : choice_.signers) {
        const keys::Shape& shape = shape_of(signer);
        if (&shape == std::exchange(last, &shape)) {
            continue;
        }
        const auto found = message::find_fragile(
            headers, body, {.where_present = shape.signed_fields, .also_absent = shape.oversigned_fields},
            by_sendmail_);
        std::vector<message::Fragility> both;
        std::set_union(kinds.begin(), kinds.end(), found.begin(), found.end(), std::back_inserter(both));
        kinds = std::move(both);
    }
    return kinds;
}

void Outbound::sign_with(std::size_t number, const message::HeaderList& headers, base::UnixTime now,
                         Signed& result) {
    const auto& signer = choice_.signers[number];
    if (!signer.key) {
        return do_without(signer, signer.problem, runtime_->settings.signing.missing_key, result);
    }
    dkim::SignOptions options = shape_of(signer);
    options.domain = signer.domain;
    options.selector = signer.selector;
    options.identity = signer.identity;
    if (spares_lists_) {
        dkim::spare_lists(options);
    }
    auto field = dkim::sign(options, *signer.key, headers, bodies_.digest(body_hashes_[number]), now);
    if (!field) {
        return do_without(signer, field.error().message, runtime_->settings.signing.on_error, result);
    }
    result.fields.push_back({"DKIM-Signature", std::move(*field)});
    result.names.push_back(fmt::format("{}/{}", signer.domain, signer.selector));
}

} // namespace milter::session
