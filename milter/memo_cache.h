// What was parsed from texts of the DNS, kept for the next message: the parsed form of a text is the same at
// any time, so that entries never grow old. The least recently used ones go when there is no room.
#pragma once

#include "base/memo.h"
#include "milter/lru_cache.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace milter {

template <class Value>
class MemoCache final : public base::Memo<Value> {
  public:
    using Pointer = std::shared_ptr<const Value>;

    // A value is taken to need `value_bytes` and three times its text. Nothing is kept with `bytes` 0.
    MemoCache(std::size_t bytes, std::size_t value_bytes) : entries_(bytes), value_bytes_(value_bytes) {}

    [[nodiscard]] Pointer find(std::string_view text) override {
        return entries_.find(text, [](const Pointer&) { return false; }).value_or(nullptr);
    }

    void keep(std::string_view text, const Pointer& value) override {
        constexpr std::size_t copies = 3; // the text itself, and what was made of it
        entries_.insert(std::string(text), value, value_bytes_ + copies * text.size());
    }

  private:
    LruCache<std::string, Pointer, std::string_view> entries_;
    std::size_t value_bytes_;
};

} // namespace milter
