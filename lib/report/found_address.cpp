#include "report/found_address.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>

namespace report {

namespace {

bool is_blank(char c) {
    return base::is_wsp(c) || c == '\r' || c == '\n';
}

bool is_escaped(std::string_view text, std::size_t at) {
    std::size_t slashes = 0;
    while (slashes < at && text[at - slashes - 1] == '\\') {
        ++slashes;
    }
    return slashes % 2 == 1;
}

// Reads a local-part from its end.
class Backwards {
  public:
    explicit Backwards(std::string_view text) : text_(text), at_(text.size()), begin_(text.size()) {}

    void read();
    [[nodiscard]] std::size_t begin() const { return begin_; }
    [[nodiscard]] std::string take() { return std::move(local_part_); }

  private:
    [[nodiscard]] bool has_more() const;
    bool skip_blanks_and_comments();
    bool skip_comment();
    bool read_word();
    bool read_quoted();
    bool read_atom();
    void take_everything();
    [[nodiscard]] bool is_behind(std::string_view characters) const {
        return at_ > 0 && characters.find(text_[at_ - 1]) != std::string_view::npos;
    }

    std::string_view text_;
    std::size_t at_;
    std::size_t begin_;
    std::string local_part_;
};

void Backwards::read() {
    for (;;) {
        const std::size_t before = at_;
        if (!skip_blanks_and_comments() || !read_word()) {
            take_everything();
            return;
        }
        begin_ = at_;
        const bool is_empty = at_ == before;
        if (is_empty || at_ == 0 || !has_more()) {
            return;
        }
    }
}

// Words around a dot are of one local-part (RFC 5322 4.4), and what stands close to a word may be.
bool Backwards::has_more() const {
    constexpr std::string_view apart = " \t\r\n<([,;:>]@";
    const bool is_close = !is_behind(apart);
    const bool begins_with_dot = begin_ < text_.size() && text_[begin_] == '.';
    Backwards ahead = *this;
    return is_close ||
           (ahead.skip_blanks_and_comments() && ahead.at_ > 0 && (begins_with_dot || ahead.is_behind(".")));
}

bool Backwards::skip_blanks_and_comments() {
    while (at_ > 0) {
        if (is_blank(text_[at_ - 1])) {
            --at_;
        } else if (text_[at_ - 1] != ')') {
            return true;
        } else if (!skip_comment()) {
            return false;
        }
    }
    return true;
}

bool Backwards::skip_comment() {
    std::size_t depth = 0;
    do {
        const char c = text_[--at_];
        if (!is_escaped(text_, at_)) {
            depth += c == ')' ? 1 : 0;
            depth -= c == '(' ? 1 : 0;
        }
    } while (depth > 0 && at_ > 0);
    return depth == 0 && text_[at_] == '('; // else an escaped one was the last
}

// False where what stands there could be the end of a local-part in a way that is not known.
bool Backwards::read_word() {
    if (is_behind("\"")) {
        return read_quoted();
    }
    return !is_behind(">],;(") && read_atom();
}

bool Backwards::read_quoted() {
    std::size_t quote = at_ - 1;
    if (is_escaped(text_, quote)) {
        return false;
    }
    std::string reversed;
    while (quote > 0) {
        const char c = text_[--quote];
        const bool escaped = is_escaped(text_, quote);
        if (c == '"' && !escaped) {
            local_part_.insert(0, std::string(reversed.rbegin(), reversed.rend()));
            at_ = quote;
            return true;
        }
        reversed += c == '\\' && !escaped ? "" : std::string(1, c);
    }
    return false;
}

bool Backwards::read_atom() {
    constexpr std::string_view ends = " \t\r\n<>()[],;\"@";
    const auto end = text_.substr(0, at_).find_last_of(ends);
    std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
    constexpr std::string_view scheme = "mailto:";
    if (base::iequals(text_.substr(begin, std::min(scheme.size(), at_ - begin)), scheme)) {
        begin += scheme.size();
    }
    local_part_.insert(0, text_.substr(begin, at_ - begin));
    at_ = begin;
    return true;
}

void Backwards::take_everything() {
    begin_ = 0;
    local_part_ = text_;
}

// As it is, in a URI, in quoted-printable, in HTML, in UTF-7, as wide as an ideograph, and small.
constexpr std::array<std::string_view, 9> ats = {"@",        "%40",   "=40",          "&#64;",       "&#x40;",
                                                 "&commat;", "+AEA-", "\xef\xbc\xa0", "\xef\xb9\xab"};

std::string domain_in_front(std::string_view text) {
    const auto* begin = std::find_if_not(text.begin(), text.end(), is_blank);
    const auto* end = std::find_if_not(begin, text.end(), [](char c) {
        return base::is_alnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    });
    std::string domain = base::to_lower(std::string_view(begin, static_cast<std::size_t>(end - begin)));
    while (domain.ends_with('.')) {
        domain.pop_back();
    }
    return domain;
}

} // namespace

std::optional<FoundAddress> find_address(std::string_view text, std::size_t end) {
    std::optional<FoundAddress> found;
    for (const std::string_view at : ats) {
        const auto place = text.substr(0, end).rfind(at);
        if (place != std::string_view::npos && (!found || place > found->at)) {
            found = FoundAddress{.at = place, .behind = place + at.size()};
        }
    }
    if (found) {
        Backwards reader(text.substr(0, found->at));
        reader.read();
        found->begin = reader.begin();
        found->local_part = reader.take();
        found->domain = domain_in_front(text.substr(found->behind));
    }
    return found;
}

} // namespace report
