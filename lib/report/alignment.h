// Whether a domain would align with the author's if it were authenticated (RFC 9989 3.2.10).
#pragma once

#include "authenticate/verdict.h"

namespace report {

// By what the evaluation found out: the mode, the author domain and its organization. A domain below that
// with an organization of its own is taken for one that would; it takes a walk to tell, and a pass has taken
// it. False where the organization is not known.
[[nodiscard]] bool would_align(const base::DomainName& domain, dmarc::AlignmentMode mode,
                               const authenticate::DmarcVerdict& dmarc);

} // namespace report
