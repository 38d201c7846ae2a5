// Whether report mail will pass DMARC at those who get it (RFC 9990 3.5.2), found out from the DNS before any
// of it leaves: by a signature of ours whose key is published, or by SPF of the addresses that our mail comes
// from.
#pragma once

#include "milter/runtime/runtime.h"
#include "milter/tool/lookups.h"

#include <memory>
#include <string>
#include <vector>

namespace milter::tool::reports {

struct Proof {
    bool passes = false;
    bool is_open = false; // the DNS did not answer, so that nobody knows
    std::vector<std::string> problems;
    std::vector<std::string> publish;  // lines for a zone file, of which one would do
    std::vector<std::string> warnings; // of mail that passes
};

[[nodiscard]] Result<Proof> prove_alignment(const std::shared_ptr<const runtime::Runtime>& runtime,
                                            Lookups& lookups, base::UnixTime now);

} // namespace milter::tool::reports
