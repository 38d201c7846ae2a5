// Making a DKIM-Signature field (RFC 6376 section 5).
//
//     const std::size_t hash = bodies.request(options.body_canonicalization, std::nullopt);   // at end of
//     header
//     ... body ...
//     auto field_body = dkim::sign(options, key, headers, bodies.digest(hash), now);
#pragma once

#include "base/time_format.h"
#include "crypto/signing_key.h"
#include "dkim/signature.h"
#include "message/header_list.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dkim {

// RFC 6376 5.4.1 and what RFC 8058 and common sense add; lower case.
[[nodiscard]] const std::vector<std::string>& default_signed_fields();
// Named once more than they are present, so that none can be added later (RFC 6376 8.15).
[[nodiscard]] const std::vector<std::string>& default_oversigned_fields();

struct SignOptions {
    std::string domain;   // d=, A-labels
    std::string selector; // s=
    std::string identity; // i=; left out when empty
    Canonicalization header_canonicalization = Canonicalization::relaxed;
    Canonicalization body_canonicalization = Canonicalization::relaxed;
    std::vector<std::string> signed_fields = default_signed_fields(); // every instance present is signed
    std::vector<std::string> oversigned_fields = default_oversigned_fields();
    std::int64_t lifetime = 0; // seconds from t= to x=; 0 leaves x= out
};

// The field's body, starting with one space, folded with CRLF and a tab, no line over 78 octets where a fold
// is possible; no final CRLF. Refused: no From, several From, a key or a name that cannot be used.
[[nodiscard]] base::Result<std::string> sign(const SignOptions& options, const crypto::SigningKey& key,
                                             const message::HeaderList& headers,
                                             const crypto::Sha256& body_hash, base::UnixTime now);

} // namespace dkim
