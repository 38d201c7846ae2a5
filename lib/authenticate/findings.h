// What speaks against a message, and which action a policy has for it, before anything makes it milder.
#pragma once

#include "authenticate/disposition.h"

#include <vector>

namespace authenticate {

// In the order of Ground; of the author all that is true of it. A result that is neither good nor bad has a
// finding too, with the action accept unless the policy says otherwise. `due` is the setting's action, but no
// refusal for good where the DNS gave no answer.
[[nodiscard]] std::vector<Finding> find(const Verdict& verdict, const Policy& policy);

// What is said of an author in doubt: "several-from" and why that is refused. Empty for State::one.
struct AuthorDoubt {
    std::string_view reason;
    std::string_view refusal;
};

[[nodiscard]] AuthorDoubt doubt_about(message::Author::State state);
inline constexpr AuthorDoubt many_domains_doubt{"many-domains",
                                                "From field has addresses in too many domains"};
inline constexpr AuthorDoubt stray_line_break_doubt{"stray-line-break",
                                                    "a header field holds a line break that is no fold"};

} // namespace authenticate
