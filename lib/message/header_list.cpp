#include "message/header_list.h"

#include <algorithm>
#include <utility>

namespace message {

void HeaderList::add(HeaderField field) {
    bytes_ += field.text().size() + 2;
    fields_.push_back(std::move(field));
}

std::vector<std::size_t> HeaderList::indexes_of(std::string_view name) const {
    std::vector<std::size_t> indexes;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].is_named(name)) {
            indexes.push_back(i);
        }
    }
    return indexes;
}

std::size_t HeaderList::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(begin(), end(), [name](const HeaderField& field) { return field.is_named(name); }));
}

const HeaderField* HeaderList::first(std::string_view name) const {
    const auto found =
        std::find_if(begin(), end(), [name](const HeaderField& field) { return field.is_named(name); });
    return found == end() ? nullptr : &*found;
}

} // namespace message
