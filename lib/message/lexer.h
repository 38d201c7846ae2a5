// The tokens that structured header fields are made of (RFC 5322 3.2, with the UTF-8 of RFC 6532).
//
// Address lists and Authentication-Results are both read through this one scanner, so that no two parts of
// the program can disagree about where a comment or a quoted string ends. Of the obsolete syntax it knows one
// thing, and only when asked: control characters in quoted strings. Others, line breaks that are no folds and
// bytes that are no UTF-8 are refused wherever they stand.
//
//     Lexer lexer(text);
//     if (!lexer.skip_cfws()) return base::refuse(*lexer.error());
#pragma once

#include "base/result.h"
#include "message/limits.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace message {

// RFC 5322 3.2.3, one octet of ASCII.
[[nodiscard]] bool is_atext(char c);

// RFC 5322 3.2.3: atoms joined by single dots; UTF-8 counts as atext. The text must be well-formed already.
[[nodiscard]] bool is_dot_atom(std::string_view text);

// The octets of the character that `text` begins with; 0 for control characters, those from U+0080 to U+009F
// included, for bytes that are not UTF-8, and for nothing at all.
[[nodiscard]] std::size_t character_length(std::string_view text);

// `text` between double quotes, with quoted-pairs where they are needed.
[[nodiscard]] std::string quote(std::string_view text);

class Lexer {
  public:
    // The text must outlive the lexer.
    explicit Lexer(std::string_view text, const Limits& limits = {})
        : text_(text), comment_depth_(limits.comment_depth) {}

    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] bool next_is(char c) const { return !at_end() && text_[position_] == c; }
    // Consumes `c` if it is next.
    bool take(char c);
    // Consumes the longest run of octets for which `belongs` holds; may be empty.
    template <class Predicate>
    std::string_view take_while(Predicate belongs) {
        const std::size_t start = position_;
        while (!at_end() && belongs(text_[position_])) {
            ++position_;
        }
        return text_.substr(start, position_ - start);
    }

    // Comments and folding white space, as much as there is. The contents of comments (unfolded, quoted-pairs
    // resolved, inner parentheses kept) go to `comments` when it is not null.
    [[nodiscard]] bool skip_cfws(std::vector<std::string>* comments = nullptr);
    // The longest run of atext, UTF-8 and dots; empty when none is next.
    [[nodiscard]] std::optional<std::string> take_dotted();
    // At a '"': the contents, unfolded, quoted-pairs resolved.
    [[nodiscard]] std::optional<std::string> take_quoted_string();
    // The same, with the control characters that RFC 5322 4.1 (obs-qtext) allows in it.
    [[nodiscard]] std::optional<std::string> take_obsolete_quoted_string();
    // At a '[': the literal with its brackets, without white space.
    [[nodiscard]] std::optional<std::string> take_domain_literal();

    // Notes why the text is refused, the first time; always false.
    bool fail(std::string why) { return fail_at(std::move(why), position_); }
    bool fail_at(std::string why, std::size_t position);
    [[nodiscard]] const std::optional<base::ParseError>& error() const { return error_; }

  private:
    [[nodiscard]] bool take_fold(std::string& into);
    [[nodiscard]] bool take_quoted_pair(std::string& into);
    [[nodiscard]] bool take_character(std::string& into);
    [[nodiscard]] bool take_inside(std::string& into);
    [[nodiscard]] bool take_control(std::string& into);
    template <class TakeInside>
    [[nodiscard]] std::optional<std::string> take_quoted(TakeInside inside);
    [[nodiscard]] bool take_comment(std::string& into);

    std::string_view text_;
    std::size_t comment_depth_;
    std::size_t position_ = 0;
    std::optional<base::ParseError> error_;
};

} // namespace message
