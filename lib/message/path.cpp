// parse_path(): the grammar of the envelope. It shares no token but the dot-atom with that of the header:
// there are no comments, no blanks and no folds in it, so that a parenthesis is what it looks like, an error.
#include "base/ascii.h"
#include "base/ip_address.h"
#include "message/lexer.h"
#include "message/mailbox.h"

#include <algorithm>

namespace message {

namespace {

// RFC 5321 4.1.2: letters, digits and hyphens, and what RFC 6531 3.3 adds. Underscores are against the
// grammar but stand in names that do send mail, and can be mistaken for nothing else.
bool is_label(std::string_view label) {
    return !label.empty() && std::all_of(label.begin(), label.end(), [](char c) {
        return base::is_alnum(c) || c == '-' || c == '_' || !base::is_ascii(c);
    });
}

bool is_domain(std::string_view text) {
    const auto labels = base::split(text, '.');
    return std::all_of(labels.begin(), labels.end(), is_label);
}

// RFC 5321 4.1.3.
bool is_address_literal(std::string_view text) {
    if (!text.starts_with('[') || !text.ends_with(']')) {
        return false;
    }
    constexpr std::string_view tag = "IPv6:";
    const std::string_view inside = text.substr(1, text.size() - 2);
    const bool tagged = base::istarts_with(inside, tag);
    const std::string_view address = inside.substr(tagged ? tag.size() : 0);
    const bool v6 = address.find(':') != std::string_view::npos;
    return tagged == v6 && base::IpAddress::parse(inside).has_value();
}

class PathParser {
  public:
    explicit PathParser(std::string_view text) : text_(text) {}

    base::Result<std::optional<Mailbox>> parse() {
        if (text_.empty() || text_ == "<>") {
            return std::nullopt;
        }
        const bool bracketed = take('<');
        if (bracketed && !text_.ends_with('>')) {
            return base::refuse("a path without its closing bracket", text_.size());
        }
        end_ = text_.size() - (bracketed ? 1 : 0);
        if (next_is('@') && !route()) {
            return base::refuse("a malformed source route", position_);
        }
        return mailbox();
    }

  private:
    // RFC 5321 4.1.2: A-d-l ":". Appendix C: it is to be accepted and otherwise ignored.
    bool route() {
        do {
            if (!take('@') || !is_domain(take_until(",:"))) {
                return false;
            }
        } while (take(','));
        return take(':');
    }

    base::Result<std::optional<Mailbox>> mailbox() {
        const std::size_t start = position_;
        auto local_part = next_is('"') ? quoted_string() : dot_string();
        if (!local_part) {
            return base::refuse("not a local-part", start);
        }
        if (!take('@')) {
            return base::refuse("an address without a domain", position_);
        }
        const std::string_view domain = text_.substr(position_, end_ - position_);
        if (!is_domain(domain) && !is_address_literal(domain)) {
            return base::refuse("not a domain", position_);
        }
        return Mailbox{std::move(*local_part), std::string(domain)};
    }

    // RFC 5321 4.1.2: Dot-string.
    std::optional<std::string> dot_string() {
        const std::string_view text = take_until("@");
        return is_dot_atom(text) ? std::optional<std::string>(text) : std::nullopt;
    }

    // RFC 5321 4.1.2: Quoted-string. Unlike RFC 5322 it knows the space but neither tab nor fold.
    std::optional<std::string> quoted_string() {
        ++position_;
        std::string content;
        while (!take('"')) {
            if (take('\\') && (position_ == end_ || !base::is_ascii(text_[position_]))) {
                return std::nullopt;
            }
            if (position_ == end_) {
                return std::nullopt;
            }
            content += text_[position_++];
        }
        return content;
    }

    [[nodiscard]] bool next_is(char c) const { return position_ < end_ && text_[position_] == c; }

    bool take(char c) {
        const bool is_next = next_is(c);
        position_ += is_next ? 1 : 0;
        return is_next;
    }

    std::string_view take_until(std::string_view stops) {
        const std::string_view rest = text_.substr(position_, end_ - position_);
        const std::string_view taken = rest.substr(0, rest.find_first_of(stops));
        position_ += taken.size();
        return taken;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t end_ = text_.size();
};

// Where the first byte stands that may stand nowhere in a path; npos when there is none.
std::size_t find_foreign_byte(std::string_view text) {
    std::size_t position = 0;
    while (position < text.size()) {
        const std::size_t length = character_length(text.substr(position));
        if (length == 0) {
            return position;
        }
        position += length;
    }
    return std::string_view::npos;
}

} // namespace

base::Result<std::optional<Mailbox>> parse_path(std::string_view text, const Limits& limits) {
    const std::size_t brackets = text.starts_with('<') ? 0 : 2; // they count even where they are left out
    if (text.size() + brackets > limits.path_bytes) {
        return base::refuse("a path longer than any host accepts", limits.path_bytes);
    }
    if (const auto position = find_foreign_byte(text); position != std::string_view::npos) {
        return base::refuse("a control character, or bytes that are not UTF-8", position);
    }
    return PathParser(text).parse();
}

} // namespace message
