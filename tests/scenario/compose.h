// The message of a scenario after all its signatures and edits.
#pragma once

#include "base/result.h"
#include "message/parse_message.h"
#include "scenario.h"
#include "test_keys.h"

#include <string>

namespace scenario {

// The error says which step cannot be done.
[[nodiscard]] base::Result<message::Message, std::string> compose(const Scenario& scenario,
                                                                  const TestKeys& keys);

} // namespace scenario
