#include "dkim/find_signatures.h"

#include <algorithm>
#include <utility>

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

std::size_t common_labels(const base::DomainName& a, const base::DomainName& b) {
    std::size_t count = 0;
    while (count < std::min(a.label_count(), b.label_count()) && a.suffix(count + 1) == b.suffix(count + 1)) {
        ++count;
    }
    return count;
}

// How near a signature is to an author. Which names align is for DMARC to find out, and takes its records;
// but the author's own name always does, and others only if they share an Organizational Domain, hence their
// last labels.
std::size_t nearness(const Candidate& candidate, const std::vector<base::DomainName>& authors) {
    std::size_t nearest = 0;
    if (candidate.can_pass()) {
        for (const base::DomainName& author : authors) {
            const base::DomainName& domain = candidate.signature->domain;
            nearest = std::max(nearest, 2 * common_labels(domain, author) + (domain == author ? 1 : 0));
        }
    }
    return nearest;
}

// RFC 6376 6.1: the number verified may be limited, and the order is up to the verifier.
std::vector<Candidate> spend_limit(std::vector<Candidate> all, std::size_t limit,
                                   const std::vector<base::DomainName>& authors) {
    std::vector<std::pair<std::size_t, std::size_t>> order; // nearness, place
    for (std::size_t i = 0; i < all.size(); ++i) {
        order.emplace_back(nearness(all[i], authors), i);
    }
    std::stable_sort(order.begin(), order.end(), [](auto& a, auto& b) { return a.first > b.first; });
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(limit);
    const auto by_place = [](auto& a, auto& b) { return a.second < b.second; };
    std::sort(order.begin(), end, by_place);
    std::iter_swap(end, std::min_element(end, order.end(), by_place));
    std::vector<Candidate> chosen;
    for (auto place = order.begin(); place != end + 1; ++place) {
        chosen.push_back(std::move(all[place->second]));
    }
    chosen.back().over_limit = true;
    return chosen;
}

} // namespace

bool Candidate::can_pass() const {
    // RFC 8301 3.1: rsa-sha1 must not be verified, so neither hash nor key is needed for it.
    return signature && !over_limit && signature->algorithm != crypto::SignatureAlgorithm::rsa_sha1;
}

std::vector<Candidate> find_signatures(const message::HeaderList& headers, const Limits& limits,
                                       BodyHashes& bodies, const std::vector<base::DomainName>& authors) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (headers[i].is_named("DKIM-Signature")) {
            candidates.push_back({.field_index = i, .signature = read_field(headers[i], limits)});
        }
    }
    if (candidates.size() > limits.signatures) {
        candidates = spend_limit(std::move(candidates), limits.signatures, authors);
    }
    for (Candidate& candidate : candidates) {
        if (candidate.can_pass()) {
            candidate.body_hash =
                bodies.request(candidate.signature->body_canonicalization, candidate.signature->body_length);
        }
    }
    return candidates;
}

} // namespace dkim
