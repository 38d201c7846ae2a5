// What one Authentication-Results field claims to be (RFC 8601 5).
//
// Mail programs and filters that come after us are not all strict. So a field is read by the grammar, and
// then once more the way a reader does that does not know comments, quotes and versions. `body` is everything
// after the colon.
#pragma once

#include "authres/own_ids.h"

#include <string_view>

namespace authres {

// True when the field claims one of our ids: case-insensitive, whatever comments, folds, quotes,
// quoted-pairs, versions or "/jobid" surround it, and whatever follows. When the id cannot be read but one of
// ours stands where an id would be, the answer is true: a field that a careless reader could take for ours is
// ours to remove.
[[nodiscard]] bool claims(std::string_view body, OwnIds& ours);

// The same, but our name among results without an id in front ("spf=pass (mx.example.org: ...)") is no claim
// of whoever wrote them.
[[nodiscard]] bool claims_in_place(std::string_view body, OwnIds& ours);

// RFC 8601 2.2: a field begins with an id. Where "method=result" stands in its place, comments and empty ids
// aside, there is none, and some readers take the results for those of whoever wrote the field last: for
// ours.
[[nodiscard]] bool begins_with_result(std::string_view body);

// True when the field bears a version other than 1, the only one there is. RFC 8601 5: such a field from
// outside is removed too, whoever it names, because nobody can say what it claims.
[[nodiscard]] bool has_unknown_version(std::string_view body);

// True when nothing stands behind the id and the version, not even "none".
[[nodiscard]] bool states_nothing(std::string_view body);

} // namespace authres
