// Which header fields a signature covers (RFC 6376 5.4.2).
#pragma once

#include "message/header_list.h"

#include <string>
#include <vector>

namespace dkim {

// The fields that the names of h= stand for, in the order of h=. A name takes the lowest instance that no
// earlier mention took; a mention for which no instance is left takes nothing. The field at `excluded` (the
// signature itself) is never taken; pass headers.size() when there is none.
[[nodiscard]] std::vector<const message::HeaderField*> select_headers(const message::HeaderList& headers,
                                                                      const std::vector<std::string>& names,
                                                                      std::size_t excluded);

} // namespace dkim
