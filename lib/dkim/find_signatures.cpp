#include "dkim/verify.h"

namespace dkim {

namespace {

base::Result<Signature, BrokenSignature> read_field(const message::HeaderField& field, const Limits& limits) {
    if (field.text().size() > limits.signature_field) {
        return base::refuse(BrokenSignature{.reason = "signature field too long"});
    }
    auto signature = parse_signature(field.body());
    if (signature && signature->signed_fields.size() > limits.signed_fields) {
        return base::refuse(BrokenSignature{.reason = "too many names in h=",
                                            .domain = signature->domain.text(),
                                            .selector = signature->selector,
                                            .signature_text = signature->signature_text,
                                            .algorithm = std::string(print(signature->algorithm))});
    }
    return signature;
}

} // namespace

bool Candidate::can_pass() const {
    // RFC 8301 3.1: rsa-sha1 must not be verified, so neither hash nor key is needed for it.
    return signature && !over_limit && signature->algorithm != crypto::SignatureAlgorithm::rsa_sha1;
}

std::vector<Candidate> find_signatures(const message::HeaderList& headers, const Limits& limits,
                                       BodyHashes& bodies) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < headers.size() && candidates.size() <= limits.signatures; ++i) {
        if (!headers[i].is_named("DKIM-Signature")) {
            continue;
        }
        Candidate candidate{.field_index = i, .signature = read_field(headers[i], limits)};
        candidate.over_limit = candidates.size() >= limits.signatures;
        if (candidate.can_pass()) {
            candidate.body_hash =
                bodies.request(candidate.signature->body_canonicalization, candidate.signature->body_length);
        }
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

} // namespace dkim
