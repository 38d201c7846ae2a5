// A PostgreSQL that several hosts share. Nobody waits longer for the server than a few seconds, and the
// server not for us: where a connection breaks, its locks go with it.
#pragma once

#include "keys/source/options.h"
#include "milter/reports/database.h"
#include "milter/reports/end_time.h"

#include <memory>

namespace milter::reports {

// `program` is what the server lists us as. Behind `end`, if it is not null, the server is asked nothing.
[[nodiscard]] std::unique_ptr<Database> open_postgresql(const keys::source::Options& options,
                                                        std::string program, const EndTime* end);

} // namespace milter::reports
