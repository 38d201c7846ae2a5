#include "message/readings.h"

#include "base/ascii.h"
#include "message/encoded_words.h"
#include "message/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace message {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_blank(char c) {
    return base::is_wsp(c) || c == '\r' || c == '\n';
}

bool is_of_domain(char c) {
    return base::is_alnum(c) || c == '-' || c == '_' || c == '.' || !base::is_ascii(c);
}

bool is_of_local_part(char c) {
    return is_atext(c) || c == '.' || !base::is_ascii(c);
}

// What parts one address from the next for everybody.
bool is_structure(char c) {
    return std::string_view("<>,;:@[").find(c) != npos;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

// The position behind the comment that begins at `start`; npos when it does not end, or nests deeper than
// `most`.
std::size_t comment_end(std::string_view text, std::size_t start, std::size_t most,
                        bool* too_deep = nullptr) {
    std::size_t depth = 0;
    for (std::size_t i = start; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '(' && ++depth > most) {
            if (too_deep != nullptr) {
                *too_deep = true;
            }
            return npos;
        } else if (text[i] == ')' && --depth == 0) {
            return i + 1;
        }
    }
    return npos;
}

// The position behind the quoted string that begins at `start`, or npos.
std::size_t quoted_end(std::string_view text, std::size_t start) {
    for (std::size_t i = start + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i + 1;
        }
    }
    return npos;
}

// The octets of a pair of angle brackets with nothing in it; 0 for anything else.
std::size_t empty_brackets(std::string_view text) {
    if (!text.starts_with('<')) {
        return 0;
    }
    const auto close = text.find_first_not_of(" \t\r\n", 1);
    return close != npos && text[close] == '>' ? close + 1 : 0;
}

// Behind a label that goes on to somebody.
constexpr std::string_view no_name = "..";

// What stands behind one '@', in all the ways in which somebody might take it for a domain.
class DomainReader {
  public:
    DomainReader(std::string_view text, std::size_t at) : text_(text), position_(at + 1) {}

    std::vector<std::string> read() {
        skip_to_name();
        if (position_ < text_.size() && text_[position_] == '[') {
            found_.emplace_back("["); // an address literal, which is no domain
        }
        const std::string_view run = take_run();
        if (!run.empty()) {
            add(std::string(run));
            std::string joined(run);
            while (join(joined)) {
            }
            add(std::move(joined));
        }
        return std::move(found_);
    }

  private:
    std::string_view take_run() {
        const std::size_t start = position_;
        while (position_ < text_.size() && is_of_domain(text_[position_])) {
            ++position_;
        }
        return text_.substr(start, position_ - start);
    }

    // A label goes on to somebody if a bracket closes behind it, or if the next that a domain may hold is a
    // dot: what both then make is no name to us.
    void add(std::string name) {
        const auto* const next = std::find_if(text_.begin() + position_, text_.end(), is_of_domain);
        const bool goes_on = (next != text_.end() && *next == '.') || text_.substr(position_, 1) == ">";
        if (name.find('.') == npos && goes_on) {
            name += no_name;
        }
        found_.push_back(std::move(name));
    }

    // A comment, or a parenthesis that none opens; once one does not end, no further one is looked for.
    void skip_parenthesis() {
        const std::size_t end = comments_end_ ? comment_end(text_, position_, text_.size()) : npos;
        comments_end_ = end != npos;
        position_ = comments_end_ ? end : position_ + 1;
    }

    void skip_to_name() {
        bool closed = false;
        while (position_ < text_.size() && !is_of_domain(text_[position_])) {
            closed = closed || text_[position_] == '>' || empty_brackets(text_.substr(position_)) > 0;
            const bool stray_bracket = closed && (text_[position_] == '<' || text_[position_] == '>');
            if (is_structure(text_[position_]) && !stray_bracket) {
                break;
            }
            if (text_[position_] != '(') {
                ++position_;
                continue;
            }
            const std::size_t start = position_;
            skip_parenthesis();
            note_names_in(text_.substr(start, position_ - start));
        }
    }

    // To whoever knows no comments, "@(victim.example)..." is an address like any other; to whoever knows
    // them a little, one ends at the first parenthesis.
    void note_names_in(std::string_view comment) {
        const bool plain = comment.find_first_of("\\(", 1) == npos;
        while (!comment.empty()) {
            const auto start = std::find_if(comment.begin(), comment.end(), is_of_domain);
            const std::string name(start, std::find_if_not(start, comment.end(), is_of_domain));
            if (!name.empty() && (!plain || name.find('.') < name.size() - 1)) {
                found_.push_back(name);
            }
            comment.remove_prefix(static_cast<std::size_t>(start - comment.begin()) + name.size());
        }
    }

    // RFC 5322 4.4: blanks and comments may stand around the dots of a domain. To some readers they are
    // nothing anywhere in it (an old parser of Python's makes "bank.com" of "bank.co m"), and so are quotes
    // and backslashes.
    bool join(std::string& joined) {
        while (position_ < text_.size()) {
            const char c = text_[position_];
            if (c == '(') {
                skip_parenthesis();
            } else if (const auto empty = empty_brackets(text_.substr(position_)); empty > 0) {
                position_ += empty;
            } else if (c == '>' && position_ + 1 < text_.size() && is_of_domain(text_[position_ + 1])) {
                ++position_;
            } else if (is_blank(c) || c == '"' || c == '\\') {
                ++position_;
            } else {
                break;
            }
        }
        const std::string_view run = take_run();
        joined += run;
        return !run.empty();
    }

    std::string_view text_;
    std::size_t position_;
    bool comments_end_ = true;
    std::vector<std::string> found_;
};

// What stands before one '@'.
struct BeforeAt {
    std::string_view text; // the atoms and dots, or the quoted string
    bool plain = false;    // atoms with one dot between each two
    // If all who look there find the same; else empty.
    std::string_view local_part;
};

// Whether nothing that stands before a local-part could belong to it. RFC 5322 4.4 has blanks around its
// dots, and whoever leaves them out of "ceo alice@example.org" makes one word of two.
bool begins_address(std::string_view before) {
    before = before.substr(0, before.find_last_not_of(" \t\r\n") + 1);
    if (before.empty() || before.back() == '(') {
        return true;
    }
    // Some take what a bracket holds that is no address, or does not end, together with what follows.
    const auto bracket = before.size() > 1 ? before.rfind('<', before.size() - 2) : npos;
    const std::string_view since = before.substr(bracket == npos ? before.size() : bracket);
    const bool nested = bracket != npos && (since.find('@') == npos || since.find('>') == npos);
    const bool route = before.back() == ':' && before.find('@') != npos;
    return !nested && !route && std::string_view("<,;:").find(before.back()) != npos;
}

BeforeAt find_before(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end > 0 && is_blank(text[end - 1])) {
        --end;
    }
    BeforeAt found;
    std::size_t start = end;
    if (end > 1 && text[end - 1] == '"') {
        const auto quote = text.rfind('"', end - 2);
        start = quote == npos ? end : quote;
        found.text = text.substr(start, end - start);
        if (found.text.size() > 2 && found.text.find('\\') == npos) {
            found.local_part = found.text.substr(1, found.text.size() - 2);
        }
    } else {
        while (start > 0 && is_of_local_part(text[start - 1])) {
            --start;
        }
        found.text = text.substr(start, end - start);
        found.plain = is_dot_atom(found.text);
        found.local_part = found.plain ? found.text : "";
    }
    if (!begins_address(text.substr(0, start)) || found.text.starts_with('\'')) {
        found.local_part = {};
    }
    return found;
}

// The beginnings of two labels or more that end where letters outside of ASCII follow: the whole name to
// readers to whom those are no letters ("a@bank.example" of "a@bank.example.\xe3\x81\xbf").
std::vector<std::string> ascii_beginnings(std::string_view name) {
    std::vector<std::string> beginnings;
    for (std::size_t i = 1; i < name.size(); ++i) {
        if (base::is_ascii(name[i - 1]) && !base::is_ascii(name[i])) {
            const std::string_view beginning = name.substr(0, name.find_last_not_of(".-", i - 1) + 1);
            if (beginning.find('.') != npos) {
                beginnings.emplace_back(beginning);
            }
        }
    }
    return beginnings;
}

// A label alone, such as in "Ann @ Work": nobody's author domain, and no reader shows another for it.
bool is_lone_label(const std::string& name) {
    if (base::all_ascii(name)) {
        return name.find('.') == npos;
    }
    const auto domain = base::DomainName::parse_international(name);
    return domain && domain->label_count() == 1;
}

struct Hidden {
    std::vector<Span> spans; // quoted strings and comments that are closed, in order
    // Comments nest too deep, or one does not end although a parenthesis closes something behind it: nobody
    // can say where which reader ends it.
    bool tangled = false;
    // A quoted string or a comment does not end: to somebody it is part of the address behind it.
    bool open = false;
};

Hidden find_hidden(std::string_view text, std::size_t depth) {
    Hidden hidden;
    bool quotes_end = true;
    for (std::size_t i = 0; i < text.size() && !hidden.tangled;) {
        const bool comment = text[i] == '(';
        const bool quoted = text[i] == '"' && quotes_end;
        const std::size_t end = comment  ? comment_end(text, i, depth, &hidden.tangled)
                                : quoted ? quoted_end(text, i)
                                         : npos;
        if (end != npos) {
            hidden.spans.push_back({i, end});
        }
        hidden.tangled = hidden.tangled || (comment && end == npos && text.find(')', i) != npos);
        quotes_end = quotes_end && (!quoted || end != npos);
        hidden.open = hidden.open || ((comment || quoted) && end == npos);
        i = end != npos ? end : i + 1;
    }
    return hidden;
}

// Whether a bracket opens within brackets, and either an address or more text stands where readers end them
// in different places: "<joe@bank.co<>m>" and "<x <joe@bank.co>m" are addresses to somebody.
bool has_tangled_brackets(std::string_view text) {
    bool open = false;
    bool nested = false;
    bool address = false;
    for (const char c : text) {
        if (c == '<') {
            if (open && address) {
                return true;
            }
            nested = nested || open;
        }
        if (nested && !open && c != '>' && !is_blank(c)) {
            return true;
        }
        open = c == '<' || (open && c != '>');
        address = c != '<' && (address || c == '@');
    }
    return false;
}

// Whether a bracket holds words and no address behind one that holds one: "<joe@bank.co> <m" is an address
// in bank.com to somebody.
bool has_words_behind_address(std::string_view text) {
    for (auto open = text.find('<', std::min(text.find('@'), text.size())); open != npos;) {
        const auto end = std::min(text.find_first_of("<>,;(", open + 1), text.size());
        const std::string_view content = text.substr(open + 1, end - open - 1);
        if (content.find('@') == npos && content.find_first_not_of(" \t\r\n") != npos) {
            return true;
        }
        open = text.find('<', end);
    }
    return false;
}

bool is_within(const std::vector<Span>& spans, std::size_t position) {
    return std::any_of(spans.begin(), spans.end(), [position](const Span& span) {
        return span.begin <= position && position < span.end;
    });
}

// Gathers the addresses of a text.
class Gatherer {
  public:
    // Without domains, the first address tells the one. `loose`: the text does not keep to the grammar, or to
    // its obsolete forms only.
    Gatherer(std::vector<base::DomainName> domains, bool loose, const Limits& limits)
        : domains_(std::move(domains)), loose_(loose), most_(limits.mailboxes) {}

    // False when an address of another domain, or one that is no address, was found.
    bool gather(std::string_view text) {
        for (auto at = text.find('@'); at != npos; at = text.find('@', at + 1)) {
            position_ = at;
            if (++looked_at_ > most_ || !take(text, at)) {
                return false;
            }
        }
        return true;
    }
    // The same with all encoded words decoded, when the text itself has been gathered: who writes an address
    // in them hides it, whatever its domain.
    bool gather_decoded(std::string_view text) {
        decoded_ = true;
        return gather(decode_encoded_words(text));
    }

    [[nodiscard]] std::size_t position() const { return position_; } // of the last '@' that was looked at
    std::vector<Mailbox> mailboxes() && { return std::move(mailboxes_); }
    // Where the addresses with something before the '@' stand.
    [[nodiscard]] const std::vector<std::size_t>& whole_ones() const { return whole_ones_; }

  private:
    bool take(std::string_view text, std::size_t at) {
        const auto names = DomainReader(text, at).read();
        // One as it stands and one run together with what follows; a comment may hold thousands more.
        constexpr std::size_t usual = 2;
        looked_at_ += names.size() - std::min(names.size(), usual);
        if (looked_at_ > most_) {
            return false;
        }
        if (names.empty() || are_nobodys(names)) {
            return true;
        }
        const BeforeAt before = find_before(text, at);
        if (!std::all_of(names.begin(), names.end(),
                         [&](const std::string& name) { return is_ours(name, loose_ || !before.plain); }) ||
            !is_utf8(before.text) || holds_encoded_word(before.text)) {
            return false;
        }
        if (before.text.find_first_not_of('.') != npos) {
            whole_ones_.push_back(at);
        }
        note({std::string(before.local_part), names.front()});
        return true;
    }

    bool are_nobodys(const std::vector<std::string>& names) {
        if (!std::all_of(names.begin(), names.end(), [this](const std::string& name) {
                return is_lone_label(name) && !is_known(name);
            })) {
            return false;
        }
        const bool seen = std::find(nobodys_.begin(), nobodys_.end(), names.front()) != nobodys_.end();
        if (!seen && !decoded_) {
            nobodys_.push_back(names.front());
        }
        return seen || !decoded_;
    }

    // With its beginnings, if readers are led astray by what stands before the name.
    bool is_ours(const std::string& name, bool beginnings_count) {
        if (!is_one_of_ours(name)) {
            return false;
        }
        const auto beginnings = beginnings_count ? ascii_beginnings(name) : std::vector<std::string>();
        return std::all_of(beginnings.begin(), beginnings.end(),
                           [this](const std::string& beginning) { return is_one_of_ours(beginning); });
    }

    [[nodiscard]] bool is_known(std::string_view name) const {
        name.remove_suffix(name.ends_with(no_name) ? no_name.size() : 0);
        const auto domain = base::DomainName::parse_international(name);
        return domain && std::find(domains_.begin(), domains_.end(), *domain) != domains_.end();
    }

    bool is_one_of_ours(const std::string& name) {
        if (!domains_.empty()) {
            return is_known(name);
        }
        auto domain = base::DomainName::parse_international(name);
        if (domain) {
            domains_.push_back(std::move(*domain));
        }
        return domain.has_value();
    }

    void note(Mailbox mailbox) {
        if (std::find(mailboxes_.begin(), mailboxes_.end(), mailbox) == mailboxes_.end()) {
            mailboxes_.push_back(std::move(mailbox));
        }
    }

    std::vector<base::DomainName> domains_;
    std::vector<std::string> nobodys_; // labels alone, as written
    bool loose_;
    bool decoded_ = false;
    std::size_t most_;
    std::size_t looked_at_ = 0;
    std::size_t position_ = 0;
    std::vector<Mailbox> mailboxes_;
    std::vector<std::size_t> whole_ones_;
};

// Whether readers that do not know quoted-pairs, nesting or folds may be out of step about what is quoted.
bool is_obscured(std::string_view text) {
    bool quoted = false;
    std::size_t depth = 0;
    for (const char c : text) {
        const bool inside = quoted || depth > 0;
        if (c == '\\' || (inside && base::is_control(c) && c != '\t') || (depth > 0 && c == '"')) {
            return true;
        }
        quoted = c == '"' ? !quoted : quoted;
        depth += !quoted && c == '(' ? 1U : 0U;
        depth -= !quoted && c == ')' && depth > 0 ? 1U : 0U;
    }
    return false;
}

void blank_out(std::string& text, Span span) {
    for (std::size_t i = span.begin; i < span.end; ++i) {
        text[i] = text[i] == '@' || text[i] == '?' ? ' ' : text[i];
    }
}

// Takes the addresses out of quoted strings and encoded words of a display name; its comments stay.
void blank_out_name(std::string& text, Span name) {
    std::size_t start = name.begin;
    for (std::size_t i = name.begin; i < name.end;) {
        if (text[i] == '(') {
            blank_out(text, {start, i});
            i = std::min(comment_end(text, i, text.size()), name.end);
            start = i;
        } else {
            i = text[i] == '"' ? std::min(quoted_end(text, i), name.end) : i + 1;
        }
    }
    blank_out(text, {start, name.end});
}

// The text without what every reader passes over.
std::string without_names(std::string_view body, const AddressList& list) {
    std::string text(body);
    const bool obscured = list.has_obsolete_forms || is_obscured(body);
    for (const Span& span : list.names) {
        if (text[span.begin] == '@') {
            blank_out(text, span); // a route
        } else if (!obscured) {
            blank_out_name(text, span);
        }
    }
    return text;
}

// Tab and folds are all that any grammar allows outside of quotes.
std::size_t find_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool fold = text.substr(i, 2) == "\r\n" && i + 2 < text.size() && base::is_wsp(text[i + 2]);
        const bool c1 =
            text[i] == '\xc2' && i + 1 < text.size() && character_length(text.substr(i, 2)) == 0 &&
            static_cast<unsigned char>(text[i + 1]) >= 0x80 && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (c1 || (base::is_control(text[i]) && text[i] != '\t' && !fold)) {
            return i;
        }
        i += fold ? 1U : 0U;
    }
    return npos;
}

auto refuse_at(std::size_t position) {
    return base::refuse(base::ParseError{"an address that some readers take for the author's", position});
}

} // namespace

bool is_beyond_doubt(std::string_view body, const AddressList& list) {
    const auto addresses = static_cast<std::size_t>(std::count(body.begin(), body.end(), '@'));
    const bool international =
        std::any_of(list.mailboxes.begin(), list.mailboxes.end(),
                    [](const Mailbox& mailbox) { return !base::all_ascii(mailbox.domain); });
    return addresses == list.mailboxes.size() && !list.has_obsolete_forms &&
           body.find_first_of("(:\\") == npos &&
           (body.find('"') == npos || (body.find("=?") == npos && !international));
}

base::Result<std::vector<Mailbox>> other_readings(std::string_view body, const AddressList& list,
                                                  const std::vector<base::DomainName>& domains,
                                                  const Limits& limits) {
    const std::string text = without_names(body, list);
    Gatherer gatherer(domains, list.has_obsolete_forms, limits);
    if (!gatherer.gather(text)) {
        return refuse_at(gatherer.position());
    }
    const auto word = text.find("=?");
    if (word != npos && !gatherer.gather_decoded(text)) {
        return refuse_at(word);
    }
    return std::move(gatherer).mailboxes();
}

base::Result<std::vector<Mailbox>> agreed_readings(std::string_view body, const Limits& limits) {
    const auto control = find_control(body);
    if (control != npos) {
        return refuse_at(control);
    }
    const Hidden hidden = find_hidden(body, limits.comment_depth);
    Gatherer gatherer({}, true, limits);
    if (hidden.tangled || has_tangled_brackets(body) || has_words_behind_address(body) ||
        !gatherer.gather(body)) {
        return refuse_at(gatherer.position());
    }
    const auto& places = gatherer.whole_ones();
    if (std::all_of(places.begin(), places.end(),
                    [&](std::size_t at) { return is_within(hidden.spans, at); })) {
        return refuse_at(body.size());
    }
    if (holds_encoded_word(body) && !gatherer.gather_decoded(body)) {
        return refuse_at(body.find("=?"));
    }
    auto mailboxes = std::move(gatherer).mailboxes();
    if (hidden.open) {
        for (Mailbox& mailbox : mailboxes) {
            mailbox.local_part.clear();
        }
    }
    return mailboxes;
}

} // namespace message
