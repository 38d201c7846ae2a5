// The settings of keys and of who may use them: `senders:`, `domains:`, `default:` and `key_fields:`. Part of
// the schema.
#pragma once

#include "config/schema.h"

namespace config {

[[nodiscard]] Section senders_section();

} // namespace config
