// The header of a message of our own as it will leave: what is signed must be what is delivered.
#pragma once

#include "message/header_list.h"
#include "milter/session/actions.h"

#include <vector>

namespace milter::session {

// Puts a blank in the place of every line break that is no fold (message/line_breaks.h), as Postfix does
// unless it is told otherwise: the text stays, and hides no field from anybody. Returns what the MTA is to
// change for it; `headers` are as they will be then. A break in the name of a field stays, it cannot be
// changed.
[[nodiscard]] std::vector<HeaderChange> mend_line_breaks(message::HeaderList& headers);

// What remains of the header.
[[nodiscard]] message::HeaderList without(const message::HeaderList& headers,
                                          const std::vector<HeaderDeletion>& deletions);

} // namespace milter::session
