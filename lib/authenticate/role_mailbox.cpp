#include "authenticate/role_mailbox.h"

#include "base/ascii.h"
#include "message/mailbox.h"

#include <algorithm>

namespace authenticate {

namespace {

bool is_role(std::string_view local_part) {
    return base::iequals(local_part, "postmaster") || base::iequals(local_part, "abuse");
}

} // namespace

bool is_role_mailbox(std::string_view path) {
    std::string_view bare = path;
    if (bare.starts_with('<') && bare.ends_with('>')) {
        bare = bare.substr(1, bare.size() - 2);
    }
    // With a second @ it may be somebody else's to the mail server: parse_path() takes no such path.
    const auto mailbox = message::parse_path(path);
    return is_role(bare) || (mailbox && *mailbox && is_role((*mailbox)->local_part));
}

bool are_role_mailboxes(const std::vector<std::string>& recipients) {
    return !recipients.empty() && std::all_of(recipients.begin(), recipients.end(), is_role_mailbox);
}

} // namespace authenticate
