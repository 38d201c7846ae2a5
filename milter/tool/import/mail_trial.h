// Messages to postmaster through the Postfix of this host: by SMTP, and by sendmail(1).
#pragma once

#include "milter/tool/import/hands.h"

#include <cstdint>
#include <string>

namespace milter::tool::import {

enum class Taken : std::uint8_t { yes, later, not_tried };

struct Sent {
    Taken taken = Taken::not_tried;
    std::string text; // a word for paraphd's log to be searched for, or why not
};

// The word is the queue id.
[[nodiscard]] Sent send_by_smtp();
// The word is the envelope sender. `file`: where the message may be put.
[[nodiscard]] Sent send_by_command(const std::string& file);

} // namespace milter::tool::import
