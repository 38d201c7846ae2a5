// Header fields that a signature leaves open to change.
#pragma once

#include "message/header_list.h"

#include <string>
#include <vector>

namespace dkim {

// Those of `required` that the message has more often than `signed_fields` (h=) names them. RFC 6376 5.4.2:
// a name covers one field each time it is listed, from the bottom up, and what stands above is open.
[[nodiscard]] std::vector<std::string> uncovered_fields(const std::vector<std::string>& required,
                                                        const std::vector<std::string>& signed_fields,
                                                        const message::HeaderList& headers);

} // namespace dkim
