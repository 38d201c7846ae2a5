// What was parsed from texts of the DNS, kept for the next message: the parsed form of a text is the same at
// any time, so that entries never grow old. The least recently used ones go when there is no room.
#pragma once

#include "base/memo.h"
#include "milter/lock_guarded.h"

#include <array>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace milter {

template <class Value>
class MemoCache final : public base::Memo<Value> {
  public:
    using Pointer = std::shared_ptr<const Value>;

    // A value is taken to need `value_bytes` and three times its text. Nothing is kept with `bytes` 0.
    MemoCache(std::size_t bytes, std::size_t value_bytes)
        : shard_bytes_(bytes / shard_count), value_bytes_(value_bytes) {}

    [[nodiscard]] Pointer find(std::string_view text) override {
        return shard_of(text).with([text](Shard& shard) { return shard.find(text); });
    }

    void keep(std::string_view text, const Pointer& value) override {
        constexpr std::size_t copies = 3; // the text itself, and what was made of it
        const std::size_t cost = value_bytes_ + copies * text.size();
        if (cost <= shard_bytes_) {
            shard_of(text).with([&](Shard& shard) { shard.keep(text, value, cost, shard_bytes_); });
        }
    }

  private:
    struct Entry {
        std::string text;
        Pointer value;
        std::size_t cost;
    };
    using Entries = std::list<Entry>; // most recently used first

    struct Shard {
        Entries entries;
        std::unordered_map<std::string_view, typename Entries::iterator> index; // views into entries
        std::size_t bytes = 0;

        Pointer find(std::string_view text) {
            const auto found = index.find(text);
            if (found == index.end()) {
                return nullptr;
            }
            entries.splice(entries.begin(), entries, found->second);
            return found->second->value;
        }

        void keep(std::string_view text, const Pointer& value, std::size_t cost, std::size_t most) {
            if (index.contains(text)) {
                return; // another thread was faster
            }
            while (bytes + cost > most) {
                bytes -= entries.back().cost;
                index.erase(entries.back().text);
                entries.pop_back();
            }
            entries.push_front({std::string(text), value, cost});
            index.emplace(entries.front().text, entries.begin());
            bytes += cost;
        }
    };

    static constexpr std::size_t shard_count = 8;

    LockGuarded<Shard>& shard_of(std::string_view text) {
        constexpr unsigned half = sizeof(std::size_t) * 4; // the low bits pick the bucket inside the shard
        return shards_[(std::hash<std::string_view>()(text) >> half) % shard_count];
    }

    std::array<LockGuarded<Shard>, shard_count> shards_;
    std::size_t shard_bytes_;
    std::size_t value_bytes_;
};

} // namespace milter
