// Finding Authentication-Results fields that pretend to be ours (RFC 8601 section 5).
#pragma once

#include "message/header_list.h"

#include <string>
#include <string_view>
#include <vector>

namespace authres {

// True when the body of an Authentication-Results field claims one of the ids: case-insensitive, whatever comments,
// folds, quotes, quoted-pairs, versions or "/jobid" decorate it, and whatever follows. When the id cannot be read but one of
// ours stands where an id would be, the answer is true: a field that a careless reader could take for ours is ours to remove.
[[nodiscard]] bool claims(std::string_view body, const std::vector<std::string>& authserv_ids);

// Per-name instance numbers (1-based, as milters count them) of the Authentication-Results fields to delete, highest first,
// so that deleting one does not renumber the others.
[[nodiscard]] std::vector<std::size_t> forged_instances(const message::HeaderList& headers,
                                                        const std::vector<std::string>& authserv_ids);

} // namespace authres
