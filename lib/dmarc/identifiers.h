// What the identifiers of SPF and DKIM together do for the author domain: which of them align, in which order
// that is found out, and what may be left open (RFC 9989 4.4 and 5.3.6).
#pragma once

#include "dmarc/alignment.h"
#include "dmarc/request.h"

#include <optional>
#include <string>
#include <vector>

namespace dmarc {

struct AlignmentModes {
    AlignmentMode spf = AlignmentMode::relaxed;
    AlignmentMode dkim = AlignmentMode::relaxed;
};

struct IdentifiersVerdict {
    Alignment spf = Alignment::no;
    Alignment dkim = Alignment::no;
    std::optional<base::DomainName> aligned_by;
    std::optional<Trouble> open; // what keeps a verdict without any alignment from being fail
    std::optional<std::string> veto;
    std::vector<std::string> steps;
};

// What an evaluation needs of its identifiers, beyond a first one that aligns.
struct Wanted {
    bool both = false; // settle the second mechanism although the first has aligned
    bool steps = true;
};

[[nodiscard]] dns::Awaited<IdentifiersVerdict> align_identifiers(const Request& request, AlignmentModes modes,
                                                                 Wanted wanted, Aligner& aligner);

} // namespace dmarc
