// The digest that a signature signs (RFC 6376 3.7): the selected header fields, then the signature's
// own field without the value of its b= tag.
#pragma once

#include "crypto/digest.h"
#include "dkim/canonicalization.h"
#include "message/header_list.h"

#include <string>
#include <vector>

namespace dkim {

// `own` is the signature's field with b= already emptied. It is either not in `headers`, or at `excluded`
// there; pass headers.size() if it is not.
[[nodiscard]] crypto::Sha256 header_hash(Canonicalization canonicalization,
                                         const message::HeaderList& headers,
                                         const std::vector<std::string>& signed_fields, std::size_t excluded,
                                         const message::HeaderField& own);

// The field with the value of b= and the white space around it left out, every other byte kept (RFC
// 6376 3.7). `begin` and `end` are places in the field's body.
[[nodiscard]] message::HeaderField without_signature(const message::HeaderField& field, std::size_t begin,
                                                     std::size_t end);

} // namespace dkim
