// A parsed DKIM-Signature field (RFC 6376 section 3.5).
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "base/time_format.h"
#include "crypto/signature_algorithm.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkim {

enum class Canonicalization : std::uint8_t { simple, relaxed };

struct Signature {
    crypto::SignatureAlgorithm algorithm = crypto::SignatureAlgorithm::rsa_sha256; // a=
    std::string signature;                                                          // b=, decoded
    std::string body_hash;                                                          // bh=, decoded
    Canonicalization header_canonicalization = Canonicalization::simple;            // c=
    Canonicalization body_canonicalization = Canonicalization::simple;
    base::DomainName domain;                       // d=, A-labels
    std::string domain_as_written;
    std::string selector;                          // s=, lower case, A-labels; may have several labels
    std::vector<std::string> signed_fields;        // h=, lower case, in order, repeats kept
    std::string identity;                          // i=, decoded; "@" + d= when absent
    std::optional<std::uint64_t> body_length;      // l=
    std::optional<base::UnixTime> timestamp;       // t=
    std::optional<base::UnixTime> expiration;      // x=
    std::string signature_text;                    // b= as base64 without FWS, for header.b (RFC 6008)
};

// What can be said about a signature whose field does not parse: enough to report it.
struct BrokenSignature {
    std::string reason;   // "missing tag: h"
    std::string domain;   // d= and s= if they were readable and valid names, else empty
    std::string selector;
    std::string signature_text;
    std::string algorithm; // a= as written if it is a token, else empty
};

// `body` is all that stands after the field's colon. Strict (RFC 6376 6.1.1): any inconsistency refuses the signature.
[[nodiscard]] base::Result<Signature, BrokenSignature> parse_signature(std::string_view body);

} // namespace dkim
