#include "milter/session/unsigned_recipients.h"

#include "base/ascii.h"
#include "keys/pattern.h"
#include "message/reverse_path.h"

#include <algorithm>

namespace milter::session {

namespace {

// As the mail server reads it. Where that is in doubt the message is signed.
std::string address_of(std::string_view path) {
    const auto read = message::read_reverse_path(path);
    return read.domain.empty() || read.disputed ? std::string()
                                                : base::to_lower(read.local_part + '@' + read.domain);
}

} // namespace

std::string find_unsigned_recipient(const std::vector<std::string>& patterns,
                                    const std::vector<std::string>& paths) {
    if (patterns.empty()) {
        return {};
    }
    for (const auto& path : paths) {
        auto address = address_of(path);
        if (!address.empty() && std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
                return keys::Pattern(pattern).matches(address);
            })) {
            return address;
        }
    }
    return {};
}

} // namespace milter::session
