// What each mechanism matches (RFC 7208 5). Internal to lib/spf.
#pragma once

#include "spf/run.h"

namespace spf {

// RFC 7208 4.6.2: match, not match, or an exception that ends the evaluation.
enum class Match { no, yes, temperror, permerror };

struct Finding {
    Match match = Match::no;
    std::string what; // for the step; empty for the plain sentence
};

[[nodiscard]] Awaited<Finding> match(Run& run, const Scope& scope, const Mechanism& mechanism);

} // namespace spf
