// Keys that have been read once, for all threads.
#pragma once

#include "base/result.h"
#include "crypto/signing_key.h"
#include "keys/string_map.h"

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>

namespace keys {

class KeyCache {
  public:
    using Key = std::shared_ptr<const crypto::SigningKey>;
    using Read = std::function<base::Result<crypto::SigningKey, std::string>()>;

    // The key of that name, read the first time. A failure is not kept: a file that is corrected is found at
    // the next message, and names made from authors' domains cannot fill the memory.
    [[nodiscard]] base::Result<Key, std::string> get(const std::string& name, const Read& read);

  private:
    [[nodiscard]] Key find(const std::string& name) const;

    mutable std::shared_mutex mutex_;
    StringMap<Key> keys_; // by mutex_
};

} // namespace keys
