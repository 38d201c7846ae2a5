#include "milter/reports/database.h"

#include <charconv>

namespace milter::reports {

std::int64_t Cells::number(std::size_t column) const {
    const std::string& cell = cells_.at(column);
    std::int64_t number = 0;
    std::from_chars(cell.data(), cell.data() + cell.size(), number);
    return number;
}

Stored<void> Database::transaction(const std::function<Stored<void>()>& work) {
    if (auto begun = begin(); !begun) {
        return begun;
    }
    auto done = work();
    if (done) {
        done = commit();
    }
    if (!done) {
        roll_back();
    }
    return done;
}

} // namespace milter::reports
