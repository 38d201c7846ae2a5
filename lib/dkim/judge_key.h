// Whether a signature verifies with the key records found for it (RFC 6376 6.1.2 from step 4 on, and 6.1.3
// step 4).
#pragma once

#include "crypto/digest.h"
#include "dkim/cause.h"
#include "dkim/options.h"
#include "dkim/signature.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dkim {

struct Judgement {
    Cause cause = Cause::no_usable_record;
    std::size_t key_bits = 0; // 0 when no key was read
    bool testing = false;     // t=y
};

// `records` are the TXT records at the key's name, `digest` what the signature should have signed. RFC 6376
// 6.1.2 step 4: with several records the verifier may try each. One that verifies is enough; otherwise the
// reason comes from the first that is a key record at all, because there may be TXT records of other kinds.
[[nodiscard]] Judgement judge_key(const std::vector<std::string>& records, const Signature& signature,
                                  const crypto::Sha256& digest, const Options& options);

} // namespace dkim
