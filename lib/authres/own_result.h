// Reading our own results back: what we found out about the author of a message when it came in, in case it
// comes back.
//
// A forged message that a list, a redirect or a filter hands back from inside looks like mail of our own. The
// Authentication-Results field of the first pass is then the only trace of where it came from. It is trusted
// in one direction only: it can speak against an author, never for one.
#pragma once

#include "base/domain_name.h"
#include "message/header_list.h"

#include <cstddef>
#include <string>
#include <vector>

namespace authres {

struct OwnResult {
    // A result of ours that does not let us answer for the author, in words for the log: "dmarc=fail for
    // example.org". Empty: there is none.
    std::string doubt;
    // Which Authentication-Results fields say so in a way that every reader understands: 1-based, as milters
    // count them, from the top. They are worth keeping.
    std::vector<std::size_t> instances;
};

// Looks at the fields that claim one of the ids, by the rules of authres/claims.h. With several of them each
// one is enough for a doubt; so is one that cannot be read, or that is about an author it does not name. A
// field without any result says nothing, nor does one about other domains than `authors`, the names
// below them, and single labels: these are what an MTA that rewrites addresses makes theirs.
//
// In doubt are dmarc=fail, dmarc=permerror and whatever else is no pass, unless, for other results than these
// two, the same field has a pass of DKIM for an author's domain or one above it, or of SPF for an author's
// domain. Where a field has no result of DMARC, SPF of the MAIL FROM and DKIM stand for it: whatever is no
// pass is in doubt, with the same exception.
[[nodiscard]] OwnResult find_own_result(const message::HeaderList& headers,
                                        const std::vector<std::string>& authserv_ids,
                                        const std::vector<base::DomainName>& authors);

} // namespace authres
