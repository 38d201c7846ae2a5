#include "report/sign_mail.h"

#include "dkim/body_hash.h"
#include "dkim/sign.h"
#include "message/parse_message.h"

namespace report {

namespace {

// A report is as long as it is: its header is short.
message::HeaderList headers_of(std::string_view message) {
    const auto end = message.find("\r\n\r\n");
    auto parsed = message::parse_message(message.substr(0, end == std::string_view::npos ? end : end + 4));
    return parsed ? std::move(parsed->headers) : message::HeaderList();
}

crypto::Sha256 hash_of_body(std::string_view message, dkim::Canonicalization canonicalization) {
    dkim::BodyHashes bodies;
    const std::size_t handle = bodies.request(canonicalization, std::nullopt);
    if (const auto end = message.find("\r\n\r\n"); end != std::string_view::npos) {
        bodies.update(message.substr(end + 4));
    }
    bodies.finish();
    return bodies.digest(handle);
}

} // namespace

base::Result<std::string> sign_mail(std::string_view message, const std::vector<Signer>& signers,
                                    base::UnixTime now) {
    if (signers.empty()) {
        return base::refuse("nobody to sign the report mail", 0);
    }
    dkim::SignOptions options;
    const message::HeaderList headers = headers_of(message);
    const crypto::Sha256 hash = hash_of_body(message, options.body_canonicalization);
    std::string fields;
    for (const Signer& signer : signers) {
        options.domain = signer.domain;
        options.selector = signer.selector;
        const auto body = dkim::sign(options, signer.key, headers, hash, now);
        if (!body) {
            return base::refuse(body.error());
        }
        fields += "DKIM-Signature:" + *body + "\r\n";
    }
    return fields.append(message);
}

} // namespace report
