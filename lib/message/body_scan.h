// What in a body mail servers do not hand on as it is, found while it streams by (RFC 5321 4.5.3.1.6, 2.3.8;
// RFC 5322 2.3; RFC 6152).
#pragma once

#include <cstddef>
#include <string_view>

namespace message {

// Octets of a line without its CRLF (RFC 5322 2.1.1); Postfix cuts longer ones (smtp_line_length_limit).
inline constexpr std::size_t longest_line = 998;

struct BodyTraits {
    bool long_line = false;
    bool eight_bit = false;        // an octet above 127
    bool nul = false;              // an octet of value 0
    bool stray_line_break = false; // CR without LF, or LF without CR

    bool operator==(const BodyTraits&) const = default;
};

class BodyScan {
  public:
    // The next bytes of the body, cut anywhere.
    void update(std::string_view bytes);
    [[nodiscard]] BodyTraits finish();

    // For body_scan.cpp alone.
    struct State {
        BodyTraits traits;
        std::size_t line = 0; // octets since the last LF
        bool after_cr = false;

        void end_line(std::size_t octets) { traits.long_line = traits.long_line || octets > longest_line; }
    };

  private:
    State state_;
};

} // namespace message
