// The key of the codes in envelope senders, in a file of its own.
#pragma once

#include "crypto/mac.h"
#include "milter/tool/command.h"

#include <string>

namespace milter::tool::reports {

// Refused: it is not there, is none, or others can read it.
[[nodiscard]] Result<crypto::MacKey> read_token_key(const std::string& path);

// Makes it where there is none, for the owner of the directory alone.
[[nodiscard]] Result<crypto::MacKey> token_key(const std::string& path);

} // namespace milter::tool::reports
