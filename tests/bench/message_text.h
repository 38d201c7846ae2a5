// The messages of the bench: what an ordinary mail program writes, in any size.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

// CRLF text with paragraphs, blanks at some ends of lines and blanks in rows, or base64.
[[nodiscard]] std::string body_text(std::size_t octets, bool base64 = false);

// A whole message of about that size, CRLF.
[[nodiscard]] std::string message_text(const std::string& author_domain, std::size_t octets,
                                       bool base64 = false);

} // namespace bench
