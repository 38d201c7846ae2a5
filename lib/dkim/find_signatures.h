// The signatures of a message, and which of them are worth verifying.
#pragma once

#include "base/domain_name.h"
#include "dkim/body_hash.h"
#include "dkim/limits.h"
#include "dkim/signature.h"
#include "message/header_list.h"

#include <cstddef>
#include <vector>

namespace dkim {

// A DKIM-Signature field of the message, parsed once, with its body hash requested.
struct Candidate {
    std::size_t field_index = 0; // in the header list
    base::Result<Signature, BrokenSignature> signature;
    std::size_t body_hash = 0; // handle, meaningful when the signature parsed
    bool over_limit = false;   // beyond Limits::signatures: reported, not verified

    // False when the field alone shows that it cannot: broken, over the limit, or rsa-sha1.
    [[nodiscard]] bool can_pass() const;
};

// The DKIM-Signature fields, top to bottom. Body hashes are requested only for signatures that can still
// pass. If there are more than the limit allows, those that can speak for an author come first, whatever
// relays and lists put above them, then the others from the top. The first one left out comes last, marked
// over_limit, to say that there are more; the rest are dropped.
[[nodiscard]] std::vector<Candidate> find_signatures(const message::HeaderList& headers, const Limits& limits,
                                                     BodyHashes& bodies,
                                                     const std::vector<base::DomainName>& authors = {});

} // namespace dkim
