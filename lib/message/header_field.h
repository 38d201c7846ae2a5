// One header field of a message, byte for byte (RFC 5322 2.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace message {

class HeaderField {
  public:
    // From a milter: the name without what stood before the colon, and everything after the colon exactly as
    // received (leading blanks kept, folds as CRLF, no CRLF at the end).
    HeaderField(std::string_view name, std::string_view body);

    // From text: one unfolded-or-folded field without its final CRLF. A line without a colon, or whose name
    // is not RFC 5322 ftext (blanks before the colon are tolerated), gives a field for which well_formed() is
    // false; its bytes are kept all the same.
    [[nodiscard]] static HeaderField from_text(std::string_view text);

    [[nodiscard]] const std::string& text() const { return text_; } // the whole field, no final CRLF
    // As written, without blanks before the colon; empty when there is no colon.
    [[nodiscard]] std::string_view name() const;
    // All after the colon, leading blank included; empty when there is no colon.
    [[nodiscard]] std::string_view body() const;
    [[nodiscard]] bool well_formed() const { return well_formed_; }
    [[nodiscard]] bool is_named(std::string_view name) const; // ASCII case-insensitive

  private:
    HeaderField() = default;

    std::string text_;
    std::size_t name_size_ = 0;
    std::size_t colon_ = 0;
    bool well_formed_ = true;
};

} // namespace message
