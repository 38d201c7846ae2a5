// `paraph import --apply` and `--undo`.
#pragma once

#include "config/import/import.h"
#include "milter/tool/command.h"

#include <functional>

namespace milter::tool::import {

// With the keys copied, or where they are.
using Import = std::function<config::import::Outcome(bool copy_keys)>;

struct ApplyOptions {
    bool copy_keys = false;
};

// A switch that was broken off is taken back first. What came of the import is told by `print`.
[[nodiscard]] Result<ExitCode> carry_out(const Import& import, const ApplyOptions& options,
                                         const std::function<void(const config::import::Outcome&)>& print,
                                         Console& console);

[[nodiscard]] Result<ExitCode> undo_last(bool force, Console& console);

} // namespace milter::tool::import
