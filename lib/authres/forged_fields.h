// Finding Authentication-Results fields that pretend to be ours (RFC 8601 5).
//
// A field that claims an id of ours (authres/claims.h) is removed. So does a field that begins with a result
// and has no id at all ("dmarc=pass ..."), which some readers take for ours. A foreign field that is removed
// for this reason was malformed.
#pragma once

#include "message/header_list.h"

#include <cstddef>
#include <string>
#include <vector>

namespace authres {

// Per-name instance numbers (1-based, as milters count them) of the Authentication-Results fields to delete,
// highest first, so that deleting one does not renumber the others.
[[nodiscard]] std::vector<std::size_t> forged_instances(const message::HeaderList& headers,
                                                        const std::vector<std::string>& authserv_ids);

// Instance numbers, from the top, of the Authentication-Results fields that claim one of the ids in an id's
// place. Not among them, though removed, is what some readers may take for ours and somebody else wrote:
// fields that begin with a result, and those of another version under a foreign id.
[[nodiscard]] std::vector<std::size_t> claiming_instances(const message::HeaderList& headers,
                                                          const std::vector<std::string>& authserv_ids);

// A field of any name, as milters address it.
struct FieldPlace {
    std::string name;
    std::size_t instance = 1; // 1-based among the fields of that name

    bool operator==(const FieldPlace&) const = default;
};

// Fields of other names to delete, lowest in the header first: those that only some readers take for an
// Authentication-Results of ours (message/lookalike.h), and those that hide such a field behind a
// stray line break (message/line_breaks.h).
[[nodiscard]] std::vector<FieldPlace> hidden_forgeries(const message::HeaderList& headers,
                                                       const std::vector<std::string>& authserv_ids);

} // namespace authres
