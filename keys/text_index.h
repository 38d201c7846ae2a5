// A flat hash table from texts to numbers. The texts are kept elsewhere and must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace keys {

class TextIndex {
  public:
    using Number = std::uint32_t;

    struct Added {
        Number& number; // until the next text is added
        bool is_new;
    };
    // The number of a text: `number` when it had none yet.
    Added add(std::string_view text, Number number);

    // Null: there is no such text.
    [[nodiscard]] const Number* find(std::string_view text) const;

  private:
    static constexpr Number free = std::numeric_limits<Number>::max();

    struct Slot {
        std::string_view text;
        std::uint32_t hash = 0;
        Number number = free;
    };

    // Where the text is, or where it belongs.
    [[nodiscard]] std::size_t place_of(std::string_view text, std::uint32_t hash) const;
    void grow();

    std::vector<Slot> slots_; // a power of two of them, some always free
    std::size_t used_ = 0;
};

} // namespace keys
