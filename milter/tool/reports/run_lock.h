// One run at a time of a store that is a file: the lock is on a file beside it, and ends with the process.
#pragma once

#include "keys/file_bytes.h"
#include "milter/tool/command.h"

#include <memory>
#include <string>

namespace milter::tool::reports {

// Refused: another run has it.
[[nodiscard]] Result<std::unique_ptr<keys::Descriptor>> lock_run(const std::string& store);

} // namespace milter::tool::reports
