// The TXT record under SELECTOR._domainkey.DOMAIN (RFC 6376 3.6.1, RFC 8463 4).
#pragma once

#include "base/result.h"
#include "crypto/signature_algorithm.h"

#include <optional>
#include <string>
#include <string_view>

namespace dkim {

struct KeyRecord {
    std::optional<crypto::KeyType> type = crypto::KeyType::rsa; // k=; nothing when it is one we do not know
    std::string public_key;                                     // p=, decoded; empty when the key is revoked
    bool allows_sha256 = true;                                  // h=
    bool for_email = true;                                      // s=
    bool testing = false;                                       // t=y
    bool exact_domain = false;                                  // t=s: i= must not name a subdomain of d=

    bool operator==(const KeyRecord&) const = default;
};

// `text` is one TXT record, its strings joined. Refused: what is no tag list, another version, no p=, or a p=
// that is not base64. Unknown tags, and g= and n=, are ignored.
[[nodiscard]] base::Result<KeyRecord> parse_key_record(std::string_view text);

// "v=DKIM1; k=rsa; p=MIGf"; parses to the same value.
[[nodiscard]] std::string print(const KeyRecord& record);

} // namespace dkim
