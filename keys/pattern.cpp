#include "keys/pattern.h"

#include "base/ascii.h"

namespace keys {

std::string_view Pattern::tail() const {
    return text_.substr(text_.rfind('*') + 1);
}

// Left to right: on a mismatch the latest `*` takes one more character. Earlier ones need no second try,
// since the latest can reach whatever they could.
bool Pattern::matches(std::string_view subject) const {
    std::size_t at = 0;       // in text_
    std::size_t position = 0; // in subject
    std::size_t star = std::string_view::npos;
    std::size_t taken_to = 0; // the end of what the latest `*` stands for
    while (position < subject.size()) {
        if (at < text_.size() && text_[at] == '*') {
            star = at++;
            taken_to = position;
        } else if (at < text_.size() && base::to_lower(text_[at]) == subject[position]) {
            ++at;
            ++position;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            position = ++taken_to;
        } else {
            return false;
        }
    }
    return text_.find_first_not_of('*', at) == std::string_view::npos;
}

} // namespace keys
