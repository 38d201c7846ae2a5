// Line ends of a body that arrives in pieces.
#pragma once

#include <string>
#include <string_view>

namespace message {

// Turns text whose lines may end in LF or CRLF (a file on disk) into CRLF lines, wherever the pieces were
// cut. A CR that is not followed by LF stays as it is. Bodies from an MTA arrive as CRLF already and do not
// pass through here.
class CrlfNormalizer {
  public:
    // The normalized bytes of this piece; a CR at its end is held back until the next piece tells what it is.
    [[nodiscard]] std::string update(std::string_view piece);
    // What was held back.
    [[nodiscard]] std::string finish();

  private:
    bool held_cr_ = false;
};

} // namespace message
