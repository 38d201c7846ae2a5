#include "dkim/judge_key.h"

#include "crypto/public_key.h"
#include "dkim/key_record.h"

#include <algorithm>

namespace dkim {

namespace {

// RFC 6376 6.1.2 steps 6 to 8, and the tags of 3.6.1.
Cause check_record(const KeyRecord& record, const Signature& signature) {
    if (record.public_key.empty()) {
        return Cause::key_revoked;
    }
    if (record.type != key_type(signature.algorithm)) {
        return Cause::key_type_mismatch;
    }
    if (!record.allows_sha256) {
        return Cause::key_refuses_hash;
    }
    if (!record.for_email) {
        return Cause::key_refuses_service;
    }
    if (record.exact_domain && !signature.identity_at_domain) {
        return Cause::key_refuses_identity;
    }
    return Cause::verified;
}

base::Result<crypto::PublicKey> read_key(crypto::KeyType type, std::string_view bytes) {
    switch (type) {
    case crypto::KeyType::rsa:
        return crypto::PublicKey::rsa(bytes);
    case crypto::KeyType::ed25519:
        return crypto::PublicKey::ed25519(bytes);
    }
    return base::refuse("unknown type of key", 0);
}

Cause check_size(const crypto::PublicKey& key, const Limits& limits) {
    if (key.type() != crypto::KeyType::rsa) {
        return Cause::verified;
    }
    if (key.bits() < limits.minimum_rsa_bits) {
        return Cause::key_too_small; // RFC 8301 3.2: must not be considered valid, so it is not even tried
    }
    return key.bits() > limits.maximum_rsa_bits ? Cause::key_too_large : Cause::verified;
}

void try_key(Judgement& judgement, std::string_view bytes, const Signature& signature,
             const crypto::Sha256& digest, const Limits& limits) {
    const auto key = read_key(key_type(signature.algorithm), bytes);
    if (!key) {
        judgement.cause = Cause::key_unreadable;
        return;
    }
    judgement.key_bits = key->bits();
    judgement.cause = check_size(*key, limits);
    if (judgement.cause == Cause::verified && !key->verify(digest, signature.signature)) {
        judgement.cause = Cause::signature_mismatch;
    }
}

Judgement try_record(std::string_view text, const Signature& signature, const crypto::Sha256& digest,
                     const Limits& limits) {
    Judgement judgement;
    if (text.size() > limits.key_record) {
        return judgement;
    }
    if (const auto record = parse_key_record(text)) {
        judgement.testing = record->testing;
        judgement.cause = check_record(*record, signature);
        if (judgement.cause == Cause::verified) {
            try_key(judgement, record->public_key, signature, digest, limits);
        }
    }
    return judgement;
}

} // namespace

Judgement judge_key(const std::vector<std::string>& records, const Signature& signature,
                    const crypto::Sha256& digest, const Limits& limits) {
    Judgement first;
    const std::size_t count = std::min(records.size(), limits.key_records);
    for (std::size_t i = 0; i < count; ++i) {
        const Judgement judgement = try_record(records[i], signature, digest, limits);
        if (judgement.cause == Cause::verified) {
            return judgement;
        }
        if (first.cause == Cause::no_usable_record) {
            first = judgement;
        }
    }
    return first;
}

} // namespace dkim
