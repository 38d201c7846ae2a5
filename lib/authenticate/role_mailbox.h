// Mailboxes that everybody must be able to reach, not least with complaints about what is refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

// postmaster (RFC 5321 4.5.1) or abuse, of any domain or none, in any case, quoted or not. `path` is a
// recipient as the client gave it, with or without angle brackets.
[[nodiscard]] bool is_role_mailbox(std::string_view path);

// At least one, and all of them: whoever wants to get past a policy could add postmaster to his recipients.
[[nodiscard]] bool are_role_mailboxes(const std::vector<std::string>& recipients);

} // namespace authenticate
