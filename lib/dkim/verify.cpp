#include "dkim/verify.h"

#include "crypto/public_key.h"
#include "dkim/cause.h"
#include "dkim/header_hash.h"
#include "dkim/key_record.h"

#include <fmt/format.h>

#include <algorithm>

namespace dkim {

namespace {

base::Result<Signature, BrokenSignature> read_field(const message::HeaderField& field, const Limits& limits) {
    if (field.text().size() > limits.signature_field) {
        return base::refuse(BrokenSignature{.reason = "signature field too long"});
    }
    auto signature = parse_signature(field.body());
    if (signature && signature->signed_fields.size() > limits.signed_fields) {
        BrokenSignature broken{.reason = "too many names in h="};
        broken.domain = signature->domain.text();
        broken.selector = signature->selector;
        return base::refuse(std::move(broken));
    }
    return signature;
}

// RFC 8301 3.1: rsa-sha1 must not be verified, so neither hash nor key is needed for it.
bool can_pass(const Candidate& candidate) {
    return candidate.signature && !candidate.over_limit &&
           candidate.signature->algorithm != crypto::SignatureAlgorithm::rsa_sha1;
}

// RFC 6376 3.6.2.1
std::string key_name(const Signature& signature) {
    return signature.selector + "._domainkey." + signature.domain.text();
}

Verdict describe(const Candidate& candidate) {
    Verdict verdict;
    if (!candidate.signature) {
        const BrokenSignature& broken = candidate.signature.error();
        verdict.domain = broken.domain;
        verdict.selector = broken.selector;
        verdict.algorithm = broken.algorithm;
        verdict.signature_text = broken.signature_text;
        return verdict;
    }
    const Signature& signature = *candidate.signature;
    verdict.domain = signature.domain.text();
    verdict.selector = signature.selector;
    verdict.identity = signature.identity;
    verdict.algorithm = print(signature.algorithm);
    verdict.signature_text = signature.signature_text;
    return verdict;
}

Verdict conclude(Verdict verdict, Cause cause, std::string reason) {
    verdict.result = result_of(cause);
    verdict.reason = std::move(reason);
    verdict.steps.push_back(verdict.reason.empty() ? "the signature verified" : verdict.reason);
    return verdict;
}

Verdict conclude(Verdict verdict, Cause cause) {
    return conclude(std::move(verdict), cause, std::string(reason_of(cause)));
}

// What one key record makes of the signature.
struct Judgement {
    Cause cause = Cause::no_usable_record;
    std::size_t key_bits = 0;
    bool testing = false;
};

class Verification {
  public:
    Verification(const Candidate& candidate, const message::HeaderList& headers, const BodyHashes& bodies,
                 const Policy& policy)
        : candidate_(candidate), signature_(*candidate.signature), headers_(headers), bodies_(bodies),
          policy_(policy) {}

    // What is wrong with the signature whatever its key may be. It is looked at first, so that no answer of
    // the DNS is waited for in vain: RFC 6376 6.1 leaves the order of the steps to the verifier.
    [[nodiscard]] Cause check_without_key(base::UnixTime now) const {
        if (signature_.expiration && *signature_.expiration + policy_.limits.clock_drift < now) {
            return Cause::expired;
        }
        if (signature_.timestamp && *signature_.timestamp > now + policy_.limits.clock_drift) {
            return Cause::in_the_future;
        }
        if (signature_.body_length &&
            *signature_.body_length > bodies_.canonical_length(candidate_.body_hash)) {
            return Cause::body_too_short;
        }
        const crypto::Sha256& digest = bodies_.digest(candidate_.body_hash);
        const bool same =
            std::equal(digest.begin(), digest.end(), signature_.body_hash.begin(), signature_.body_hash.end(),
                       [](std::uint8_t octet, char c) { return octet == static_cast<unsigned char>(c); });
        return same ? Cause::verified : Cause::body_hash_mismatch;
    }

    // RFC 6376 6.1.2 step 4: with several records the verifier may try each. One that verifies is enough;
    // otherwise the first that is a key record at all says why not, since TXT records of other kinds may
    // stand beside it.
    [[nodiscard]] Judgement judge(const std::vector<std::string>& records) {
        Judgement first;
        const std::size_t count = std::min(records.size(), policy_.limits.key_records);
        for (std::size_t i = 0; i < count; ++i) {
            const Judgement judgement = judge(records[i]);
            if (judgement.cause == Cause::verified) {
                return judgement;
            }
            if (first.cause == Cause::no_usable_record) {
                first = judgement;
            }
        }
        return first;
    }

    [[nodiscard]] bool is_partial() const {
        return signature_.body_length &&
               *signature_.body_length < bodies_.canonical_length(candidate_.body_hash);
    }

  private:
    Judgement judge(std::string_view text) {
        if (text.size() > policy_.limits.key_record) {
            return {};
        }
        const auto record = parse_key_record(text);
        if (!record) {
            return {};
        }
        Judgement judgement;
        judgement.testing = record->testing;
        judgement.cause = check_record(*record);
        if (judgement.cause == Cause::verified) {
            judge_key(record->public_key, judgement);
        }
        return judgement;
    }

    // RFC 6376 6.1.2 steps 6 to 8, and the tags of 3.6.1.
    [[nodiscard]] Cause check_record(const KeyRecord& record) const {
        if (record.public_key.empty()) {
            return Cause::key_revoked;
        }
        if (record.type != key_type(signature_.algorithm)) {
            return Cause::key_type_mismatch;
        }
        if (!record.allows_sha256) {
            return Cause::key_refuses_hash;
        }
        if (!record.for_email) {
            return Cause::key_refuses_service;
        }
        if (record.exact_domain && !signature_.identity_at_domain) {
            return Cause::key_refuses_identity;
        }
        return Cause::verified;
    }

    void judge_key(std::string_view bytes, Judgement& judgement) {
        const auto type = key_type(signature_.algorithm);
        const auto key =
            type == crypto::KeyType::rsa ? crypto::PublicKey::rsa(bytes) : crypto::PublicKey::ed25519(bytes);
        if (!key) {
            judgement.cause = Cause::key_unreadable;
            return;
        }
        judgement.key_bits = key->bits();
        judgement.cause = check_size(*key);
        if (judgement.cause == Cause::verified && !key->verify(digest(), signature_.signature)) {
            judgement.cause = Cause::signature_mismatch;
        }
    }

    [[nodiscard]] Cause check_size(const crypto::PublicKey& key) const {
        if (key.type() != crypto::KeyType::rsa) {
            return Cause::verified;
        }
        if (key.bits() < policy_.limits.minimum_rsa_bits) {
            return Cause::key_too_small;
        }
        return key.bits() > policy_.limits.maximum_rsa_bits ? Cause::key_too_large : Cause::verified;
    }

    // The same for every record, and needed for few: made when first asked for.
    const crypto::Sha256& digest() {
        if (!digest_) {
            const message::HeaderField own = without_signature(
                headers_[candidate_.field_index], signature_.signature_begin, signature_.signature_end);
            digest_ = header_hash(signature_.header_canonicalization, headers_, signature_.signed_fields,
                                  candidate_.field_index, own);
        }
        return *digest_;
    }

    const Candidate& candidate_;
    const Signature& signature_;
    const message::HeaderList& headers_;
    const BodyHashes& bodies_;
    const Policy& policy_;
    std::optional<crypto::Sha256> digest_;
};

// RFC 6376 3.6.1, t=y: the domain is testing; its mail must not fare differently from unsigned mail, which is
// for the reader of the verdict to see to.
std::string comment_of(const Judgement& judgement) {
    std::string comment = judgement.key_bits == 0 ? "" : fmt::format("{}-bit key", judgement.key_bits);
    if (judgement.testing) {
        comment += comment.empty() ? "test mode" : ", test mode";
    }
    return comment;
}

Verdict judge_answer(const dns::Answer& answer, Verification& verification, Verdict verdict,
                     const Policy& policy) {
    verdict.steps.push_back(fmt::format("key record: {}", print(answer.status)));
    switch (answer.status) {
    case dns::Status::failed:
        return conclude(std::move(verdict), Cause::lookup_failed,
                        fmt::format("{}: {}", reason_of(Cause::lookup_failed), print(answer.failure)));
    case dns::Status::no_data:
    case dns::Status::no_name:
        return conclude(std::move(verdict), Cause::no_key);
    case dns::Status::found:
        break;
    }
    const Judgement judgement = verification.judge(answer.texts);
    verdict.key_bits = judgement.key_bits;
    verdict.test_mode = judgement.testing;
    verdict.secure_key = answer.secure;
    verdict.comment = comment_of(judgement);
    const bool refused = judgement.cause == Cause::verified && policy.partial_body == PartialBody::refuse &&
                         verification.is_partial();
    return conclude(std::move(verdict), refused ? Cause::partial_body : judgement.cause);
}

} // namespace

std::vector<Candidate> find_signatures(const message::HeaderList& headers, const Limits& limits,
                                       BodyHashes& bodies) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < headers.size() && candidates.size() < 2 * limits.signatures; ++i) {
        if (!headers[i].is_named("DKIM-Signature")) {
            continue;
        }
        Candidate candidate{.field_index = i, .signature = read_field(headers[i], limits)};
        candidate.over_limit = candidates.size() >= limits.signatures;
        if (can_pass(candidate)) {
            candidate.body_hash =
                bodies.request(candidate.signature->body_canonicalization, candidate.signature->body_length);
        }
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

dns::Questions key_questions(const Candidate& candidate) {
    const dns::Answers nothing;
    dns::Inquiry dns(nothing);
    if (can_pass(candidate)) {
        dns.expect(key_name(*candidate.signature), dns::Type::txt);
    }
    return dns.take_questions();
}

Outcome verify(const Candidate& candidate, const message::HeaderList& headers, const BodyHashes& bodies,
               base::UnixTime now, const dns::Answers& known, const Policy& policy) {
    Verdict verdict = describe(candidate);
    if (candidate.over_limit) {
        return conclude(std::move(verdict), Cause::too_many_signatures);
    }
    if (!candidate.signature) {
        return conclude(std::move(verdict), Cause::broken_signature, candidate.signature.error().reason);
    }
    if (!can_pass(candidate)) {
        return conclude(std::move(verdict), Cause::sha1);
    }
    Verification verification(candidate, headers, bodies, policy);
    if (const Cause cause = verification.check_without_key(now); cause != Cause::verified) {
        return conclude(std::move(verdict), cause);
    }
    const std::string name = key_name(*candidate.signature);
    dns::Inquiry dns(known);
    const dns::Answer* answer = dns.ask(name, dns::Type::txt);
    if (answer == nullptr) {
        return dns.take_questions();
    }
    verdict.steps.push_back(fmt::format("asked TXT {}", name));
    return judge_answer(*answer, verification, std::move(verdict), policy);
}

} // namespace dkim
