// Which TXT record is the SPF record (RFC 7208 4.5). Internal to lib/spf.
#pragma once

#include "dns/answer.h"

#include <cstddef>
#include <string_view>

namespace spf {

struct Selection {
    std::size_t count = 0; // of records that begin with the version section
    std::string_view text; // the first of them; a view into the answer
};

[[nodiscard]] Selection select_record(const dns::Answer& answer);

} // namespace spf
