// Making a DKIM-Signature field (RFC 6376 5).
//
//     const std::size_t hash = bodies.request(options.body_canonicalization, std::nullopt);   // at end of
//     header
//     ... body ...
//     auto field_body = dkim::sign(options, key, headers, bodies.digest(hash), now);
#pragma once

#include "base/unix_time.h"
#include "crypto/signing_key.h"
#include "dkim/signature.h"
#include "message/header_list.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dkim {

// Lower case. The others are subsets of the first.
[[nodiscard]] const std::vector<std::string>& default_signed_fields();
[[nodiscard]] const std::vector<std::string>& default_oversigned_if_present();
[[nodiscard]] const std::vector<std::string>& default_oversigned_fields();

struct SignOptions {
    std::string domain;   // d=, A-labels
    std::string selector; // s=
    std::string identity; // i=; left out when empty
    Canonicalization header_canonicalization = Canonicalization::relaxed;
    Canonicalization body_canonicalization = Canonicalization::relaxed;
    // Of each of these, every instance that is present is signed.
    std::vector<std::string> signed_fields = default_signed_fields();
    // Those of them that are named once more than they are present, so that none can be added later (RFC 6376
    // 8.15), unless there is none.
    std::vector<std::string> oversigned_if_present = default_oversigned_if_present();
    // Signed, and always named once more.
    std::vector<std::string> oversigned_fields = default_oversigned_fields();
    std::int64_t lifetime = 0; // seconds from t= to x=; 0 leaves x= out
};

// Whether a signature that names all of these has room for the fields of an ordinary header. What reads
// settings asks this, so that nothing is accepted that signs no message.
[[nodiscard]] bool leave_room(const std::vector<std::string>& oversigned_fields);

// Why such a header cannot be signed, whatever the key; empty: it can. Trying again later does not help.
[[nodiscard]] std::string_view signing_obstacle(const SignOptions& options,
                                                const message::HeaderList& headers);

// The field's body, starting with one space, folded with CRLF and a tab, no line over 78 octets where a fold
// is possible; no final CRLF. Refused: no From, several From, a key or a name that cannot be used.
[[nodiscard]] base::Result<std::string> sign(const SignOptions& options, const crypto::SigningKey& key,
                                             const message::HeaderList& headers,
                                             const crypto::Sha256& body_hash, base::UnixTime now);

} // namespace dkim
