// Finding Authentication-Results fields that pretend to be ours (RFC 8601 5).
//
// The readers that come after us, mail clients and filters, are not all strict. So a field is read as the
// grammar has it, and then once more as somebody would who knows nothing of comments, quotes and versions; if
// either finds our id where an id belongs, the field goes. So does a field that begins with a result and has
// no id at all ("dmarc=pass ..."), which some readers take for ours. A foreign field that is lost this way
// was malformed.
#pragma once

#include "message/header_list.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authres {

// True when the body of an Authentication-Results field claims one of the ids: case-insensitive, whatever
// comments, folds, quotes, quoted-pairs, versions or "/jobid" decorate it, and whatever follows. When the id
// cannot be read but one of ours stands where an id would be, the answer is true: a field that a careless
// reader could take for ours is ours to remove.
[[nodiscard]] bool claims(std::string_view body, const std::vector<std::string>& authserv_ids);

// True when the field bears a version other than 1, the only one there is. RFC 8601 5: such a field from
// outside is removed too, whoever it names, because nobody can say what it claims.
[[nodiscard]] bool has_unknown_version(std::string_view body);

// True when nothing stands behind the id and the version, not even "none".
[[nodiscard]] bool states_nothing(std::string_view body);

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
