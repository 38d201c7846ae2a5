// What stands behind the '+' of a report's envelope sender, so that a bounce tells which report to which
// address it is about, and nobody who has not got the mail can make one up.
//
//     dmarc-reports+q7k2...@reports.example.org
//
// Letters and digits of one case, for servers on the way may change that.
#pragma once

#include "base/unix_time.h"
#include "crypto/mac.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace milter::tool::reports {

// The number of the delivery: a report and an address of it. Random, so that it tells nothing.
using DeliveryId = std::uint64_t;

struct BounceToken {
    DeliveryId delivery = 0;
    std::int64_t day = 0; // of sending, since 1970
};

inline constexpr std::size_t bounce_token_size = 34;

[[nodiscard]] std::string print(const BounceToken& token, const crypto::MacKey& key);

// Nothing for what was not made with that key, or is older than a bounce can be.
[[nodiscard]] std::optional<BounceToken> read_bounce_token(std::string_view text, const crypto::MacKey& key,
                                                           base::UnixTime now);

// The first good one behind a '+' in a text: an address, or a field with several.
[[nodiscard]] std::optional<BounceToken> find_bounce_token(std::string_view text, const crypto::MacKey& key,
                                                           base::UnixTime now);

// "reports+TOKEN@example.org".
[[nodiscard]] std::string bounce_address(std::string_view address, const BounceToken& token,
                                         const crypto::MacKey& key);

} // namespace milter::tool::reports
