// Asking early for what the rest of a record will need. Internal to lib/spf.
#pragma once

#include "spf/run.h"

#include <cstddef>

namespace spf {

// Notes the questions of the terms from `next` on that Options::look_ahead allows. Called only where an
// evaluation has to wait anyway; it only notes questions, and never changes a verdict.
void look_ahead(Run& run, const Scope& scope, const Record& record, std::size_t next);

} // namespace spf
