// A private key and what the DNS publishes for it.
#pragma once

#include "crypto/signing_key.h"
#include "dns/answer.h"
#include "milter/tool/named_key.h"

#include <cstdint>
#include <string>
#include <vector>

namespace milter::tool {

struct KeyFinding {
    enum class Kind : std::uint8_t {
        wrong, // verifiers refuse signatures of the key
        note,  // worth knowing; signatures verify
        open,  // the DNS gave no answer
    };
    Kind kind;
    std::string text;
};

// Everything that is different, in words. `answer` is to the TXT question for the record; `alias` is where
// its name leads to, if it is known to be an alias.
[[nodiscard]] std::vector<KeyFinding> compare_key(const NamedKey& name, const crypto::SigningKey& key,
                                                  const dns::Answer& answer, const std::string& alias);

} // namespace milter::tool
