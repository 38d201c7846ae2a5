// A parsed DKIM-Signature field (RFC 6376 3.5; RFC 8301 and 8463 for algorithms, RFC 8616 for UTF-8).
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "base/unix_time.h"
#include "crypto/signature_algorithm.h"
#include "dkim/canonicalization.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkim {

struct Signature {
    crypto::SignatureAlgorithm algorithm = crypto::SignatureAlgorithm::rsa_sha256; // a=
    std::string signature{};                                                       // b=, decoded
    std::string body_hash{};                                                       // bh=, decoded
    Canonicalization header_canonicalization = Canonicalization::simple;           // c=
    Canonicalization body_canonicalization = Canonicalization::simple;
    base::DomainName domain; // d=, A-labels
    std::string domain_as_written{};
    std::string selector{};                     // s=, lower case, A-labels; may have several labels
    std::vector<std::string> signed_fields{};   // h=, lower case, in order, repeats kept
    std::string identity{};                     // i=, decoded; "@" + d= when absent
    bool identity_at_domain = true;             // the domain of i= is d= itself, not one below it
    std::optional<std::uint64_t> body_length{}; // l=; a number beyond 64 bits becomes the largest
    std::optional<base::UnixTime> timestamp{};  // t=
    std::optional<base::UnixTime> expiration{}; // x=
    std::string signature_text{};               // b= as base64 without FWS, for header.b (RFC 6008)

    // Where the value of b= stands in the field's body, with the white space around it: what is left out when
    // the field itself is hashed (RFC 6376 3.7).
    std::size_t signature_begin = 0;
    std::size_t signature_end = 0;
};

// What can be said about a signature whose field does not parse: enough to report it.
struct BrokenSignature {
    std::string reason{}; // "missing tag: h"
    std::string domain{}; // d= and s= if they were readable and valid names, else empty
    std::string selector{};
    std::string signature_text{};
    std::string algorithm{}; // a= as written if it is a token, else empty
};

// `body` is all that stands after the field's colon. Strict (RFC 6376 6.1.1): any inconsistency refuses the
// signature.
[[nodiscard]] base::Result<Signature, BrokenSignature> parse_signature(std::string_view body);

// The field's body, starting with one space, folded with CRLF and a tab so that no line is over 78 octets
// where a fold is allowed. Ends with "b=" and signature_text; with that empty it is what the signer hashes.
// Parses to the same value.
[[nodiscard]] std::string print(const Signature& signature);

} // namespace dkim
