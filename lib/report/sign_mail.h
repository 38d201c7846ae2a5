// Our own signature on a report mail, which must pass DMARC where it arrives (RFC 9990 3.5.2).
#pragma once

#include "base/result.h"
#include "base/unix_time.h"
#include "crypto/signing_key.h"

#include <string>
#include <string_view>
#include <vector>

namespace report {

struct Signer {
    const crypto::SigningKey& key;
    std::string domain; // d=, the domain of From or its organization's
    std::string selector;
};

// The message with a DKIM-Signature of each signer on top. Refused where
// there is none, or one of them cannot sign it.
[[nodiscard]] base::Result<std::string> sign_mail(std::string_view message,
                                                  const std::vector<Signer>& signers, base::UnixTime now);

} // namespace report
