#include "keys/text_pool.h"

#include "base/ascii.h"

#include <algorithm>

namespace keys {

std::string_view TextPool::keep(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    char* const copy = static_cast<char*>(memory_->allocate(text.size(), alignof(char)));
    std::copy(text.begin(), text.end(), copy);
    return {copy, text.size()};
}

std::string_view TextPool::keep(std::string_view text, std::string_view before) {
    return text == before ? before : keep(text);
}

std::string_view TextPool::lower(std::string_view kept) {
    return std::any_of(kept.begin(), kept.end(), base::is_upper) ? keep(base::to_lower(kept)) : kept;
}

} // namespace keys
