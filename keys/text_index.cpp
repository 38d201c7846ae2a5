#include "keys/text_index.h"

#include <functional>
#include <utility>

namespace keys {

namespace {

constexpr std::size_t fewest_slots = 16;

std::uint32_t hash_of(std::string_view text) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
}

} // namespace

// Ends, because some slot is always free.
std::size_t TextIndex::place_of(std::string_view text, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    while (slots_[place].number != free && (slots_[place].hash != hash || slots_[place].text != text)) {
        place = (place + 1) & mask;
    }
    return place;
}

void TextIndex::grow() {
    const std::vector<Slot> old =
        std::exchange(slots_, std::vector<Slot>(slots_.empty() ? fewest_slots : slots_.size() * 2));
    for (const Slot& slot : old) {
        if (slot.number != free) {
            slots_[place_of(slot.text, slot.hash)] = slot;
        }
    }
}

TextIndex::Added TextIndex::add(std::string_view text, Number number) {
    // Seven of eight slots at most: beyond that, searches for what is not there become long.
    if (used_ >= slots_.size() / 8 * 7) {
        grow();
    }
    const std::uint32_t hash = hash_of(text);
    Slot& slot = slots_[place_of(text, hash)];
    const bool is_new = slot.number == free;
    if (is_new) {
        slot = {text, hash, number};
        ++used_;
    }
    return {slot.number, is_new};
}

const TextIndex::Number* TextIndex::find(std::string_view text) const {
    if (slots_.empty()) {
        return nullptr;
    }
    const Slot& slot = slots_[place_of(text, hash_of(text))];
    return slot.number == free ? nullptr : &slot.number;
}

} // namespace keys
