// A signed message with its key, for the benchmarks of DKIM.
#pragma once

#include "base/base64.h"
#include "base/unix_time.h"
#include "bench/message_text.h"
#include "crypto/signing_key.h"
#include "dkim/body_hash.h"
#include "dkim/sign.h"
#include "message/parse_message.h"
#include "support/world/zone.h"

#include <string>

namespace bench {

inline constexpr base::UnixTime signing_time = 1'790'000'000;

// One of each kind, made once.
inline const crypto::SigningKey& signing_key(crypto::KeyType type) {
    static const auto rsa = crypto::SigningKey::generate(crypto::KeyType::rsa).value();
    static const auto ed25519 = crypto::SigningKey::generate(crypto::KeyType::ed25519).value();
    return type == crypto::KeyType::rsa ? rsa : ed25519;
}

inline dkim::SignOptions sign_options() {
    dkim::SignOptions options;
    options.domain = "sender.example";
    options.selector = "s1";
    return options;
}

inline crypto::Sha256 body_hash(const std::string& body) {
    dkim::BodyHashes bodies;
    const std::size_t handle = bodies.request(dkim::Canonicalization::relaxed, std::nullopt);
    bodies.update(body);
    bodies.finish();
    return bodies.digest(handle);
}

// Of 4 KiB, with one signature on top.
inline message::Message signed_message(crypto::KeyType type) {
    const std::string text = message_text("sender.example", 4096);
    const auto plain = message::parse_message(text).value();
    const std::string field =
        dkim::sign(sign_options(), signing_key(type), plain.headers, body_hash(plain.body), signing_time)
            .value();
    return message::parse_message("DKIM-Signature:" + field + "\r\n" + text).value();
}

inline dns::Answers key_answer(crypto::KeyType type) {
    return test::Zone{{"TXT s1._domainkey.sender.example",
                       "v=DKIM1; k=" + std::string(crypto::print(type)) +
                           "; p=" + base::base64_encode(signing_key(type).public_record_bytes())}}
        .answers();
}

} // namespace bench
