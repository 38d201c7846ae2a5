#include "dkim/judge_key.h"

#include "dkim/published_key.h"

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

Cause check_size(const crypto::PublicKey& key, const Limits& limits) {
    if (key.type() != crypto::KeyType::rsa) {
        return Cause::verified;
    }
    if (key.bits() < limits.minimum_rsa_bits) {
        return Cause::key_too_small; // RFC 8301 3.2: must not be considered valid, so it is not even tried
    }
    return key.bits() > limits.maximum_rsa_bits ? Cause::key_too_large : Cause::verified;
}

void try_key(Judgement& judgement, const PublishedKey& published, const Signature& signature,
             const crypto::Sha256& digest, const Limits& limits) {
    if (!published.key) {
        judgement.cause = Cause::key_unreadable;
        return;
    }
    judgement.key_bits = published.key->bits();
    judgement.cause = check_size(*published.key, limits);
    if (judgement.cause == Cause::verified && !published.key->verify(digest, signature.signature)) {
        judgement.cause = Cause::signature_mismatch;
    }
}

Judgement try_record(std::string_view text, const Signature& signature, const crypto::Sha256& digest,
                     const Options& options) {
    Judgement judgement;
    if (text.size() > options.limits.key_record) {
        return judgement;
    }
    if (const auto published = read_published_key(text, options.keys)) {
        judgement.testing = published->record.testing;
        judgement.cause = check_record(published->record, signature);
        if (judgement.cause == Cause::verified) {
            try_key(judgement, *published, signature, digest, options.limits);
        }
    }
    return judgement;
}

} // namespace

Judgement judge_key(const std::vector<std::string>& records, const Signature& signature,
                    const crypto::Sha256& digest, const Options& options) {
    Judgement first;
    const std::size_t count = std::min(records.size(), options.limits.key_records);
    for (std::size_t i = 0; i < count; ++i) {
        const Judgement judgement = try_record(records[i], signature, digest, options);
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
