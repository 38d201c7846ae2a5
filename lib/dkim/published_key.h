// A key record together with the key in it, ready to verify with. To make one costs more than everything else
// about a verification but the arithmetic, and most mail comes from few signers.
#pragma once

#include "base/memo.h"
#include "crypto/public_key.h"
#include "dkim/key_record.h"

#include <memory>
#include <optional>
#include <string_view>

namespace dkim {

struct PublishedKey {
    KeyRecord record;
    std::optional<crypto::PublicKey> key; // nothing when p= is empty, of an unknown type, or no key
};

using KeyMemo = base::Memo<PublishedKey>;

// `text` is one TXT record. Null when it is no key record. `memo` may be null.
[[nodiscard]] std::shared_ptr<const PublishedKey> read_published_key(std::string_view text, KeyMemo* memo);

} // namespace dkim
