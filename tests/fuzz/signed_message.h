// A message of a fuzz input, with real signatures where the input asks for them: mutated bytes alone would
// hardly ever verify.
#pragma once

#include "base/unix_time.h"
#include "dkim/evaluate.h"
#include "fuzz/world.h"
#include "message/parse_message.h"

#include <optional>
#include <vector>

namespace fuzz {

// When everything happens.
inline constexpr base::UnixTime reception = 1'700'000'000;

struct SignedMessage {
    message::HeaderList headers;
    std::string body;
};

// The world's rest as a message, signed once for each fact "sign KEY SELECTOR DOMAIN [simple]" (three at
// most) with KEY being rsa or ed25519; the signatures stand on top. Nothing when the rest is over a limit.
[[nodiscard]] std::optional<SignedMessage> signed_message(const World& world);

// Its signatures and finished body hashes. The body arrives in pieces of that size.
struct Hashed {
    dkim::BodyHashes bodies;
    std::vector<dkim::Candidate> signatures;
};
[[nodiscard]] Hashed hash(const SignedMessage& message, std::size_t piece);

} // namespace fuzz
