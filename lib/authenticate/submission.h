// What a mail server's own login says about a message of its user (RFC 8601 2.7.4).
#pragma once

#include "authres/result.h"

#include <optional>
#include <string_view>

namespace authenticate {

// Nothing where nobody logged in, or under a name that cannot be shown whole. The AUTH parameter of MAIL,
// which the RFC would have as smtp.mailfrom, is the client's word and is left out.
[[nodiscard]] std::optional<authres::MethodResult> submission_result(std::string_view login,
                                                                     std::string_view mechanism);

} // namespace authenticate
