// Daemons of this host: as units of systemd, as scripts in /etc/init.d, or paraphd by itself where it has
// neither.
#pragma once

#include "milter/tool/import/hands.h"

#include <string>

namespace milter::tool::import {

[[nodiscard]] bool systemd_runs();

// The error: nothing here starts and stops it.
[[nodiscard]] Told<UnitState> state_of_unit(const std::string& name);
[[nodiscard]] Done change_unit(const std::string& name, const UnitState& wanted);

// The log of paraphd since then (seconds of the epoch), where one can be read.
[[nodiscard]] std::string daemon_log_since(long long seconds);

} // namespace milter::tool::import
