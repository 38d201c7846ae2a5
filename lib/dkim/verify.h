// Verification of one message's signatures (RFC 6376 6).
//
//     auto candidates = dkim::find_signatures(headers, policy.limits, bodies);   // at end of header
//     bodies.update(chunk); ... bodies.finish();
//     auto outcome = dkim::verify(candidates[i], headers, bodies, now, known, policy);
#pragma once

#include "base/time_format.h"
#include "dkim/body_hash.h"
#include "dkim/limits.h"
#include "dkim/result.h"
#include "dkim/signature.h"
#include "dns/awaited.h"
#include "message/header_list.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dkim {

// A DKIM-Signature field of the message, parsed once, with its body hash on order.
struct Candidate {
    std::size_t field_index = 0; // in the header list
    base::Result<Signature, BrokenSignature> signature;
    std::size_t body_hash = 0; // handle, meaningful when the signature parsed
    bool over_limit = false;   // beyond Limits::signatures: reported, not verified

    // False when the field alone settles that it cannot: broken, over the limit, or rsa-sha1.
    [[nodiscard]] bool can_pass() const;
};

// The DKIM-Signature fields, top to bottom. Body hashes are requested only for signatures that can still
// pass. Where there are more than the limit it is spent on those that can speak for an author first, whatever
// relays and lists put on top of them, then on the others from the top. The first one left out comes last,
// marked over_limit, to say that there are more; the others add nothing to know.
[[nodiscard]] std::vector<Candidate> find_signatures(const message::HeaderList& headers, const Limits& limits,
                                                     BodyHashes& bodies,
                                                     const std::vector<base::DomainName>& authors = {});

struct Verdict {
    Result result = Result::none;
    std::string reason;    // why not pass, in a few plain ASCII words of ours: "body hash did not verify"
    std::string comment;   // remarks on key and result: "2048-bit key", "test mode"
    std::string domain;    // d=, A-labels; empty when unreadable
    std::string selector;  // s=
    std::string identity;  // i=
    std::string algorithm; // a=
    std::string signature_text; // b= base64
    std::size_t key_bits = 0;
    bool test_mode = false;         // t=y in the key record
    bool secure_key = false;        // the key's answer had the AD bit
    std::vector<std::string> steps; // in words, for the operator
};

using Outcome = dns::Outcome<Verdict>;

// The question that will be asked for this signature's key, known as soon as its field is.
[[nodiscard]] dns::Questions key_questions(const Candidate& candidate);

// `bodies` must be finished. `now` is the time of reception.
[[nodiscard]] Outcome verify(const Candidate& candidate, const message::HeaderList& headers,
                             const BodyHashes& bodies, base::UnixTime now, const dns::Answers& known,
                             const Policy& policy);

} // namespace dkim
