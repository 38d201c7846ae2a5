// Bounds on the work one message's signatures may cause.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dkim {

struct Limits {
    std::size_t signatures =
        10; // verified per message, the author's first; RFC 6376 6.1 leaves the number to us
    std::size_t signature_field = std::size_t{32} * 1024; // octets of one DKIM-Signature field
    std::size_t signed_fields = 1000;                     // names in h=
    std::size_t key_records = 5;                          // TXT records tried at one name (RFC 6376 6.1.2)
    std::size_t key_record = 4096;                        // octets of one; 16384 bits of RSA take 2800
    std::size_t minimum_rsa_bits = 1024;                  // RFC 8301 3.2
    std::size_t maximum_rsa_bits = 4096;                  // RFC 8301 3.2: verifiers must support up to 4096
    std::int64_t clock_drift = 300;                       // seconds granted to t= and x=
};

} // namespace dkim
