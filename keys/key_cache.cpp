#include "keys/key_cache.h"

#include <mutex>

namespace keys {

KeyCache::Key KeyCache::find(const std::string& name) const {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(name);
    return found == keys_.end() ? nullptr : found->second;
}

// Two threads may read the same key at once; that costs less than to make one wait for another's disk.
base::Result<KeyCache::Key, std::string> KeyCache::get(const std::string& name, const Read& read) {
    if (Key known = find(name)) {
        return known;
    }
    auto fresh = read();
    if (!fresh) {
        return base::refuse(std::move(fresh.error()));
    }
    auto key = std::make_shared<const crypto::SigningKey>(std::move(*fresh));
    const std::unique_lock lock(mutex_);
    return keys_.try_emplace(name, std::move(key)).first->second;
}

} // namespace keys
