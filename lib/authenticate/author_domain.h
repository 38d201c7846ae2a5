// Which signatures are the author's domain's own.
#pragma once

#include "authenticate/exceptions.h"
#include "authenticate/verdict.h"

namespace authenticate {

// Whether a signature's domain belongs to the author domain: it is the same, or DMARC found both to belong to
// one organization. `open`: that could not be found out for want of an answer.
[[nodiscard]] Match is_of_author(const dkim::Verdict& signature, const base::DomainName& author,
                                 const Verdict& verdict);

} // namespace authenticate
