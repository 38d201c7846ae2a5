// What a source answered, by name, bounded in bytes: what was used longest ago makes room. Half of it is for
// names that were asked for again, so that those of one question, as addresses that somebody makes up,
// push out none of them. Not for several threads.
#pragma once

#include "keys/source/source.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace keys::source {

struct KeptAnswer {
    std::string name;
    std::shared_ptr<const void> value; // null: there is no such name
    std::size_t bytes = 0;             // of the value
    Time good_until;
    std::uint64_t edition = 0;
};

class Kept {
  public:
    explicit Kept(std::size_t bytes) : room_(bytes) {}
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    ~Kept() = default;

    // Until the next change; null: nothing is kept.
    [[nodiscard]] const KeptAnswer* find(std::string_view name);
    void insert(KeptAnswer answer);
    void erase(std::string_view name);

  private:
    struct Part;
    struct Entry {
        KeptAnswer answer;
        Part* part = nullptr; // where it is
    };
    struct Part {
        std::list<Entry> by_use; // most recently used first
        std::size_t used = 0;
    };
    using Position = std::list<Entry>::iterator;

    static void move(Position entry, Part& to);
    void drop(Position entry);
    void make_room();
    [[nodiscard]] static std::size_t weight(const KeptAnswer& answer);

    std::size_t room_;
    Part once_;
    Part again_; // asked for since they are kept
    std::unordered_map<std::string_view, Position> by_name_;
};

} // namespace keys::source
