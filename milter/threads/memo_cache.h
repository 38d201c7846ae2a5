// What was parsed from texts of the DNS, kept for the next message: the parsed form of a text is the same at
// any time, so that entries never grow old. The least recently used ones go when there is no room.
#pragma once

#include "base/memo.h"
#include "milter/threads/lru_cache.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace milter::threads {

template <class Value>
class MemoCache final : public base::Memo<Value> {
  public:
    using Pointer = std::shared_ptr<const Value>;

    // What a value needs in memory, besides its text.
    using Size = std::size_t (*)(std::string_view text, const Value& value);

    // Nothing is kept with `bytes` 0.
    MemoCache(std::size_t bytes, Size size) : entries_(bytes), size_(size) {}

    [[nodiscard]] Pointer find(std::string_view text) override {
        return entries_.find(text, [](const Pointer&) { return false; }).value_or(nullptr);
    }

    void keep(std::string_view text, const Pointer& value) override {
        constexpr std::size_t overhead = 200; // of the containers
        entries_.insert(std::string(text), value, overhead + text.size() + size_(text, *value));
    }

  private:
    LruCache<std::string, Pointer, std::string_view> entries_;
    Size size_;
};

} // namespace milter::threads
