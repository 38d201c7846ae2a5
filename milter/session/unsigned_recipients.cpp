#include "milter/session/unsigned_recipients.h"

#include "authenticate/pattern.h"
#include "base/ascii.h"
#include "message/reverse_path.h"

#include <algorithm>

namespace milter::session {

namespace {

bool is_unsigned(const std::vector<std::string>& patterns, const message::ReversePath& path) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
        return authenticate::matches_address(pattern, path.local_part, path.domain);
    });
}

} // namespace

std::string find_unsigned_recipient(const std::vector<std::string>& patterns,
                                    const std::vector<std::string>& paths) {
    if (patterns.empty()) {
        return {};
    }
    for (const auto& path : paths) {
        const auto read = message::read_reverse_path(path); // as the mail server reads it
        if (!read.domain.empty() && !read.disputed && is_unsigned(patterns, read)) { // in doubt it is signed
            return base::to_lower(read.local_part + '@' + read.domain);
        }
    }
    return {};
}

bool goes_to(const std::vector<std::string>& patterns, const std::vector<std::string>& paths) {
    return !find_unsigned_recipient(patterns, paths).empty();
}

} // namespace milter::session
