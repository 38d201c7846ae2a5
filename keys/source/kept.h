// What a source answered, by name, bounded in bytes: what was used longest ago makes room. Not for several
// threads.
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

    // Until the next change; null: nothing is kept.
    [[nodiscard]] const KeptAnswer* find(std::string_view name);
    void insert(KeptAnswer answer);
    void erase(std::string_view name);

  private:
    using Answers = std::list<KeptAnswer>;

    void drop(Answers::iterator answer);
    [[nodiscard]] static std::size_t weight(const KeptAnswer& answer);

    std::size_t room_;
    std::size_t used_ = 0;
    Answers by_use_; // most recently used first
    std::unordered_map<std::string_view, Answers::iterator> by_name_;
};

} // namespace keys::source
