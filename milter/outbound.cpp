#include "milter/outbound.h"

#include "message/line_breaks.h"

#include <fmt/format.h>

namespace milter {

namespace {

// The same at every further try, so that the message is better not held back.
Signed unsigned_with_warning(std::string why) {
    Signed result;
    result.unsigned_because = std::move(why);
    result.warn = true;
    return result;
}

} // namespace

Outbound::Outbound(std::shared_ptr<const Runtime> runtime) : runtime_(std::move(runtime)) {}

void Outbound::end_of_header(const message::HeaderList& headers) {
    // Whose name we lend must be beyond doubt: one From field, readable in one way, with one domain.
    const auto author = message::find_author(headers);
    author_ = author.state;
    if (!runtime_->settings.roles.sign) {
        unsigned_because_ = "signing is off (roles.sign)";
        return;
    }
    if (author.state != message::Author::State::one || !author.mailbox) {
        unsigned_because_ = author.problem;
        return;
    }
    const auto& domain = author.domains.front();
    signers_ = runtime_->keys->signers_for(author.mailbox->local_part, domain);
    if (signers_.empty()) {
        unsigned_because_ = fmt::format("no key for {}", domain.text());
        return;
    }
    body_hash_ = bodies_.request(runtime_->sign_options.body_canonicalization, std::nullopt);
}

void Outbound::body(std::string_view chunk) {
    bodies_.update(chunk);
}

Signed Outbound::finish(const message::HeaderList& headers, base::UnixTime now) {
    bodies_.finish();
    Signed result;
    result.unsigned_because = unsigned_because_;
    if (!signers_.empty() && message::has_stray_line_break(headers)) {
        return unsigned_with_warning("a line break in the name of a header field");
    }
    for (const auto& signer : signers_) {
        sign_with(signer, headers, now, result);
        if (!result.failure.empty()) {
            result.fields.clear();
            result.names.clear();
            break;
        }
    }
    return result;
}

void Outbound::sign_with(const keys::Signer& signer, const message::HeaderList& headers, base::UnixTime now,
                         Signed& result) {
    if (!signer.key) {
        result.failure = fmt::format("key {}: {}", signer.name, signer.problem);
        return;
    }
    dkim::SignOptions options = runtime_->sign_options;
    options.domain = signer.domain;
    options.selector = signer.selector;
    options.identity = signer.identity;
    auto field = dkim::sign(options, *signer.key, headers, bodies_.digest(body_hash_), now);
    if (!field) {
        result.failure = fmt::format("key {}: {}", signer.name, field.error().message);
        return;
    }
    result.fields.push_back({"DKIM-Signature", std::move(*field)});
    result.names.push_back(fmt::format("{}/{}", signer.domain, signer.selector));
}

} // namespace milter
