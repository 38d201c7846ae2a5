// The DNS record that publishes a key, as text to put into a zone.
#pragma once

#include "crypto/signing_key.h"

#include <string>
#include <string_view>

namespace keys {

// RFC 6376 3.6.1: "v=DKIM1; k=rsa; p=..."
[[nodiscard]] std::string record_value(const crypto::SigningKey& key);

// RFC 6376 3.6.2.1: "s2026._domainkey.example.com", without a dot at the end.
[[nodiscard]] std::string record_name(std::string_view selector, std::string_view domain);

// RFC 1035 5.1: a line for a zone file, the value cut into strings of at most 255 octets (RFC 1035 3.3).
//     s2026._domainkey.example.com. IN TXT ( "v=DKIM1; k=rsa; p=MIIB..." "..." )
[[nodiscard]] std::string zone_line(std::string_view name, std::string_view value);

// The file that opendkim-genkey writes, octet for octet: h=sha256 and the name of the key in a comment.
// `complete`: the name with its domain, as with its option -a.
//     s2026._domainkey	IN	TXT	( "v=DKIM1; h=sha256; k=rsa; "
//     	  "p=MIIB..." )  ; ----- DKIM key s2026 for example.com
struct KeyNames {
    std::string_view selector;
    std::string_view domain;
};
[[nodiscard]] std::string opendkim_record(const KeyNames& names, const crypto::SigningKey& key,
                                          bool complete);

// RFC 2136 as text for nsupdate(1): the record in place of what is at the name, in one update.
[[nodiscard]] std::string update_script(std::string_view name, std::string_view value, unsigned ttl);

// Both ways to publish it, as a file that a zone file may include: the line, and as comments the name and the
// value in one piece, which web forms want.
[[nodiscard]] std::string record_text(std::string_view name, std::string_view value);

} // namespace keys
