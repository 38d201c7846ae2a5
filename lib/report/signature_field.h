// A DKIM-Signature as it is passed on to strangers.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace report {

// The address of i= as it is shown.
using ShowAddress = std::function<std::string(std::string_view address)>;

// The body made anew of what says who signed what, each with the characters it may have: other tags are left
// out, above all z=, in which a signer may copy any field of the message. Empty: it cannot be read.
[[nodiscard]] std::string signature_field(std::string_view body, const ShowAddress& show);

} // namespace report
