// What a reason rests on beside the words of a record: who refused, what aligns, whose lookup failed.
#pragma once

#include "milter/tool/compare/reasons.h"

#include <string_view>

namespace milter::tool::compare {

// Whether paraphd refuses, or holds, for DMARC what the old programs take.
[[nodiscard]] bool is_refused_for_dmarc(const Case& one);

// Whether opendmarc refused, or held, what paraphd takes or treats more mildly.
[[nodiscard]] bool was_refused_by_opendmarc(const Case& one);

// Whether a pass of DKIM or SPF aligns in relaxed mode alone, with a record that wants strict: `adkim=s`.
[[nodiscard]] bool aligns_unless_strict(const Case& one);

// Whether the old programs too had no answer for what paraphd could not look up. With one in their hands it
// is paraphd's DNS that does not work.
[[nodiscard]] bool was_lookup_failed(const Case& one);

// pct= with less than all.
[[nodiscard]] bool has_sampling(std::string_view record);

} // namespace milter::tool::compare
