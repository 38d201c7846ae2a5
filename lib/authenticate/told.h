// What was done with a message, said beside its results.
#pragma once

#include "authenticate/disposition.h"
#include "authres/format.h"

#include <string_view>
#include <vector>

namespace authenticate {

// In the words that opendmarc has for it, which filters look for: "none", "quarantine", "reject".
[[nodiscard]] std::string_view disposition_word(Action action);

// Adds "dis=none" to the comment of a DMARC fail. Where less was done than a setting says, the result that it
// is for gets a comment with the reason: an exception, a dry run, a sign of a list.
void tell_disposition(const Disposition& disposition, std::vector<authres::MethodResult>& results);

} // namespace authenticate
