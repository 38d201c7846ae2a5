#include "keys/source/kept.h"

#include <iterator>
#include <utility>

namespace keys::source {

std::size_t Kept::weight(const KeptAnswer& answer) {
    constexpr std::size_t of_containers = 128;
    return sizeof(KeptAnswer) + of_containers + answer.name.size() + answer.bytes;
}

const KeptAnswer* Kept::find(std::string_view name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        return nullptr;
    }
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return &*found->second;
}

void Kept::insert(KeptAnswer answer) {
    erase(answer.name);
    const std::size_t needed = weight(answer);
    if (needed > room_) {
        return;
    }
    while (used_ + needed > room_) {
        drop(std::prev(by_use_.end()));
    }
    used_ += needed;
    by_use_.push_front(std::move(answer));
    by_name_.emplace(by_use_.front().name, by_use_.begin());
}

void Kept::erase(std::string_view name) {
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
        drop(found->second);
    }
}

void Kept::drop(Answers::iterator answer) {
    used_ -= weight(*answer);
    by_name_.erase(answer->name);
    by_use_.erase(answer);
}

} // namespace keys::source
