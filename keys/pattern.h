// Wildcard patterns as SigningTable rows have them: `*` stands for any run of characters, the empty one
// included; all else for itself, without regard to the case of ASCII letters.
//
//     Pattern("*@Example.com").matches("joe@example.com")   -> true
#pragma once

#include <string_view>

namespace keys {

class Pattern {
  public:
    // `text` must outlive it.
    explicit Pattern(std::string_view text) : text_(text) {}

    [[nodiscard]] bool has_wildcard() const { return text_.find('*') != std::string_view::npos; }
    // `subject` must be in lower case already.
    [[nodiscard]] bool matches(std::string_view subject) const;
    [[nodiscard]] std::string_view text() const { return text_; }
    // What follows the last `*`; the whole pattern when there is none.
    [[nodiscard]] std::string_view tail() const;

  private:
    std::string_view text_;
};

} // namespace keys
