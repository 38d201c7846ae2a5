// A message from a file, ready for the checks that the daemon makes while it arrives.
#pragma once

#include "base/unix_time.h"
#include "dkim/find_signatures.h"
#include "message/parse_message.h"
#include "milter/tool/command.h"

#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

// The text as it is, and the message it holds.
struct MessageFile {
    std::string text;
    message::Message message;
};

[[nodiscard]] Result<MessageFile> read_message(const std::string& path, const message::Limits& limits,
                                               Console& console);

// The same, refused when it is empty, binary or text without any header field: a verdict on it would mean
// nothing.
[[nodiscard]] Result<MessageFile> read_mail(const std::string& path, const message::Limits& limits,
                                            Console& console);

// Signatures found and body hashes finished.
struct HashedMessage {
    dkim::BodyHashes bodies;
    std::vector<dkim::Candidate> signatures;
};

[[nodiscard]] HashedMessage hash_message(const message::Message& message, const dkim::Limits& limits);

// --now, or the clock.
[[nodiscard]] base::UnixTime reception_time(const std::optional<base::UnixTime>& given);

} // namespace milter::tool
