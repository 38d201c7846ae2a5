#include "keys/source/kept.h"

#include <iterator>
#include <utility>

namespace keys::source {

std::size_t Kept::weight(const KeptAnswer& answer) {
    constexpr std::size_t of_containers = 144;
    return sizeof(KeptAnswer) + of_containers + answer.name.size() + answer.bytes;
}

const KeptAnswer* Kept::find(std::string_view name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        return nullptr;
    }
    const Position entry = found->second;
    move(entry, again_);
    make_room();
    return &entry->answer;
}

void Kept::insert(KeptAnswer answer) {
    const auto known = by_name_.find(answer.name);
    Part& part = known == by_name_.end() ? once_ : *known->second->part;
    erase(answer.name);
    const std::size_t needed = weight(answer);
    if (needed > room_) {
        return;
    }
    part.by_use.push_front({std::move(answer), &part});
    part.used += needed;
    by_name_.emplace(part.by_use.front().answer.name, part.by_use.begin());
    make_room();
}

void Kept::erase(std::string_view name) {
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
        drop(found->second);
    }
}

void Kept::move(Position entry, Part& to) {
    Part& from = *entry->part;
    const std::size_t bytes = weight(entry->answer);
    from.used -= bytes;
    to.used += bytes;
    entry->part = &to;
    to.by_use.splice(to.by_use.begin(), from.by_use, entry);
}

// The newest of those that were asked for once stays, whatever its size.
void Kept::make_room() {
    while (again_.used > room_ / 2) {
        move(std::prev(again_.by_use.end()), once_);
    }
    while (once_.used + again_.used > room_) {
        drop(std::prev((once_.by_use.size() > 1 ? once_ : again_).by_use.end()));
    }
}

void Kept::drop(Position entry) {
    Part& part = *entry->part;
    part.used -= weight(entry->answer);
    by_name_.erase(entry->answer.name);
    part.by_use.erase(entry);
}

} // namespace keys::source
