// paraphd without a service manager: in the background, with its pid in /run/paraphd.pid and its log in
// /var/log/paraphd.log. It does not come back with the system.
#pragma once

#include "milter/tool/import/hands.h"

#include <string>

namespace milter::tool::import {

[[nodiscard]] UnitState state_of_own_daemon();
[[nodiscard]] Done change_own_daemon(bool active);
[[nodiscard]] std::string log_of_own_daemon();

} // namespace milter::tool::import
