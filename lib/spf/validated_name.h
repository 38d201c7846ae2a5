// The client's reverse names that lead back to it (RFC 7208 5.5), for ptr and the macro p. Internal
// to lib/spf.
#pragma once

#include "dns/answer.h"
#include "spf/run.h"

#include <string_view>
#include <vector>

namespace spf {

[[nodiscard]] const dns::Answer* ask_reverse_names(Run& run);

// A validated name among the first Limits::ptr_names of a found PTR answer: `domain` itself if possible, else
// one below it, else, unless `within` is set, any. Empty when there is none.
[[nodiscard]] Awaited<std::string> find_validated_name(Run& run, const dns::Answer& reverse,
                                                       std::string_view domain, bool within);

// What %{p} stands for: "unknown" without a validated name.
[[nodiscard]] Awaited<std::string> validated_name(Run& run, std::string_view domain);

} // namespace spf
