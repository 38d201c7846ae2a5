#include "authenticate/submission.h"

#include "authres/format.h"
#include "base/ascii.h"

#include <algorithm>

namespace authenticate {

namespace {

// The formatter leaves out what it cannot write. There are readers who search the whole field for
// "dmarc=pass", and a login may be a name that its user chose.
bool can_be_shown(std::string_view login) {
    return !base::trim_wsp(login).empty() && login.size() <= authres::max_value &&
           base::all_printable(login) && login.find_first_of("=;") == std::string_view::npos;
}

// The names of SASL mechanisms are made of these.
bool is_mechanism(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
}

} // namespace

std::optional<authres::MethodResult> submission_result(std::string_view login, std::string_view mechanism) {
    if (!can_be_shown(login)) {
        return std::nullopt;
    }
    authres::MethodResult result{.method = "auth",
                                 .result = "pass",
                                 .reason = {},
                                 .comments = {},
                                 .properties = {{"smtp", "auth", std::string(login)}}};
    if (!mechanism.empty() && is_mechanism(mechanism)) {
        result.comments.push_back(base::to_lower(mechanism));
    }
    return result;
}

} // namespace authenticate
