#include "authres/strip.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/idna.h"
#include "message/line_breaks.h"
#include "message/lookalike.h"

#include <algorithm>
#include <iterator>

namespace authres {

namespace {

// Longer words are no ids; more words than these before the first semicolon are no head of a field.
constexpr std::size_t longest_id = 1024;
constexpr std::size_t most_words = 64;

// Ids outside of ASCII that are compared for one message. Real ids are rarely so, and every comparison takes
// longer than all else here.
constexpr std::size_t most_international_ids = 50;

constexpr std::string_view field_name = "Authentication-Results";

std::string_view without_final_dots(std::string_view id) {
    while (id.ends_with('.')) {
        id.remove_suffix(1);
    }
    return id;
}

// The form in which two spellings of one id are equal: A-labels in lower case for a domain name, lower case
// for any other text. RFC 8601 5: U-labels and A-labels of one name are the same id.
std::string normalized(std::string_view id) {
    const auto domain = base::DomainName::parse_international(id);
    return domain ? domain->text() : base::to_lower(id);
}

std::string ascii_only(std::string_view text) {
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept), base::is_ascii);
    return kept;
}

// Ours, in all the ways somebody may compare them. One object serves a whole message.
class OwnIds {
  public:
    explicit OwnIds(const std::vector<std::string>& ids) {
        std::transform(ids.begin(), ids.end(), std::back_inserter(ids_),
                       [](const std::string& id) { return normalized(without_final_dots(id)); });
    }

    // "mx.example.org", and "mx.example.org/jobid" as older software writes it.
    [[nodiscard]] bool hold(std::string_view id) {
        return hold_exactly(id) || hold_exactly(id.substr(0, id.find('/')));
    }

  private:
    [[nodiscard]] bool hold_exactly(std::string_view id) {
        id = without_final_dots(id);
        if (id.empty() || id.size() > longest_id) {
            return false;
        }
        return base::all_ascii(id) ? is_one(normalized(id)) : hold_international(id);
    }

    // Bytes that are not ASCII may be invisible, or be shown or compared as letters that they resemble. More
    // such ids than can be looked at are as good as ours.
    [[nodiscard]] bool hold_international(std::string_view id) {
        if (international_ids_++ >= most_international_ids) {
            return true;
        }
        const auto mapped = base::idna_mapped_to_ascii(id);
        return is_one(normalized(id)) || (mapped && is_one(normalized(*mapped))) ||
               is_one(normalized(ascii_only(id)));
    }

    [[nodiscard]] bool is_one(const std::string& id) const {
        return std::find(ids_.begin(), ids_.end(), id) != ids_.end();
    }

    std::vector<std::string> ids_;
    std::size_t international_ids_ = 0;
};

// Control characters are dropped by some MTAs and shown by no reader; a line break of any kind parts words.
std::string without_controls(std::string_view text) {
    std::string kept;
    for (const char c : text) {
        if (c == '\t' || c == '\r' || c == '\n') {
            kept += ' ';
        } else if (!base::is_control(c)) {
            kept += c;
        }
    }
    return kept;
}

// What stands before the first semicolon that is outside of quotes and comments, as the grammar reads it:
// words, decoded, without comments.
struct Head {
    std::vector<std::string> words;
    std::size_t size = 0; // up to that semicolon
    bool readable = true; // every quote and comment was closed, no backslash stood outside of them
};

class HeadReader {
  public:
    explicit HeadReader(std::string_view text) : text_(text) {}

    Head read() {
        while (position_ < text_.size() && text_[position_] != ';' && head_.words.size() <= most_words) {
            step();
        }
        end_word();
        head_.size = position_;
        return std::move(head_);
    }

  private:
    void step() {
        switch (const char c = text_[position_]) {
        case ' ':
            end_word();
            ++position_;
            return;
        case '(':
            end_word();
            skip_comment();
            return;
        case '"':
            take_quoted();
            return;
        case '\\':
            head_.readable = false;
            ++position_;
            return;
        default:
            word_ += c;
            ++position_;
            return;
        }
    }

    void end_word() {
        if (!word_.empty()) {
            head_.words.push_back(std::move(word_));
        }
        word_.clear();
    }

    // A quoted-pair stands for its second character.
    [[nodiscard]] bool skip_backslash() {
        const bool pair = text_[position_] == '\\' && position_ + 1 < text_.size();
        position_ += pair ? 1U : 0U;
        return pair;
    }

    void skip_comment() {
        std::size_t depth = 0;
        for (; position_ < text_.size(); ++position_) {
            if (skip_backslash()) {
                continue;
            }
            depth += text_[position_] == '(' ? 1U : 0U;
            if (text_[position_] == ')' && --depth == 0) {
                ++position_;
                return;
            }
        }
        head_.readable = false;
    }

    void take_quoted() {
        for (++position_; position_ < text_.size(); ++position_) {
            if (!skip_backslash() && text_[position_] == '"') {
                ++position_;
                return;
            }
            word_ += text_[position_];
        }
        head_.readable = false;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::string word_;
    Head head_;
};

bool is_version(std::string_view word) {
    return std::all_of(word.begin(), word.end(), base::is_digit);
}

// RFC 8601 2.2: an id, and perhaps a version.
bool follows_grammar(const Head& head) {
    return head.readable &&
           (head.words.size() == 1 || (head.words.size() == 2 && is_version(head.words[1]))) &&
           head.words[0].find_first_of("=@\\") == std::string::npos;
}

// Splits a text into words as a reader would who only looks for what may be a name. '=' and '@' belong to
// words, so that "smtp.mailfrom=example.org", where an id is missing, does not name example.org.
std::vector<std::string_view> rough_words(std::string_view text, std::size_t most) {
    const auto belongs = [](char c) {
        return base::is_alnum(c) || !base::is_ascii(c) ||
               std::string_view("._-+=@/").find(c) != std::string_view::npos;
    };
    std::vector<std::string_view> words;
    while (words.size() < most) {
        const auto start = std::find_if(text.begin(), text.end(), belongs);
        if (start == text.end()) {
            break;
        }
        text.remove_prefix(static_cast<std::size_t>(start - text.begin()));
        const auto size = std::find_if_not(text.begin(), text.end(), belongs) - text.begin();
        words.push_back(text.substr(0, static_cast<std::size_t>(size)));
        text.remove_prefix(words.back().size());
    }
    return words;
}

std::string_view without_punctuation(std::string_view word) {
    const auto is_mark = [](char c) { return base::is_ascii(c) && !base::is_alnum(c); };
    while (!word.empty() && is_mark(word.front())) {
        word.remove_prefix(1);
    }
    while (!word.empty() && is_mark(word.back())) {
        word.remove_suffix(1);
    }
    return word;
}

bool any_is_ours(const std::vector<std::string_view>& words, OwnIds& ours) {
    return std::any_of(words.begin(), words.end(),
                       [&ours](std::string_view word) { return ours.hold(without_punctuation(word)); });
}

// The first word, or the first few run together: a comment or a blank inside an id is nothing to some
// readers.
bool begins_with_ours(const Head& head, OwnIds& ours) {
    std::string joined;
    for (const std::string& word : head.words) {
        joined += word;
        if (joined.size() > longest_id) {
            return false;
        }
        if (ours.hold(joined)) {
            return true;
        }
    }
    return false;
}

// "i=1; mx.example.org; ..." is the form of an ARC field, which some readers take here as well; an empty id
// before the first semicolon they pass over.
std::string_view without_instance(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of("; "), text.size()));
    const auto semicolon = text.find(';');
    const std::string_view tag = base::trim_wsp(text.substr(0, semicolon));
    const bool instance = semicolon != std::string_view::npos && base::istarts_with(tag, "i=");
    return instance ? text.substr(semicolon + 1) : text;
}

bool stands_first(const Head& head, std::string_view text, OwnIds& ours) {
    return begins_with_ours(head, ours) || any_is_ours(rough_words(text, 1), ours);
}

bool claims_as_one_line(std::string_view body, OwnIds& ours) {
    const std::string cleaned = without_controls(body);
    const std::string_view text = without_instance(cleaned);
    const Head head = HeadReader(text).read();
    if (stands_first(head, text, ours)) {
        return true;
    }
    if (follows_grammar(head)) {
        return false;
    }
    // Where the grammar finds no id, anything that looks like one before the first semicolon may be taken for
    // it. Too many words to look at are as good as ours: what was not looked at could be.
    const auto words = rough_words(text.substr(0, text.find(';')), most_words + 1);
    return words.size() > most_words || any_is_ours(words, ours);
}

// A control at which some readers end a line parts words to others, and is nothing to yet others.
bool claims_one(std::string_view body, OwnIds& ours) {
    return claims_as_one_line(body, ours) ||
           (message::has_stray_line_break(body) &&
            claims_as_one_line(message::without_stray_line_breaks(body), ours));
}

// RFC 8601 2.2: a field begins with an id. Where "method=result" stands in its place, comments and empty ids
// aside, there is none, and some readers take the results for those of whoever wrote the field last: for
// ours.
bool begins_with_result(std::string_view body) {
    const std::string cleaned = without_controls(body);
    const std::string_view text = without_instance(cleaned);
    const auto words = HeadReader(text).read().words;
    if (words.empty()) {
        const auto semicolon = text.find(';');
        return semicolon != std::string_view::npos && !rough_words(text.substr(semicolon), 1).empty();
    }
    const auto equals = words[0].find('=');
    return equals == std::string::npos ? words.size() > 1 && words[1].starts_with('=') : equals > 0;
}

// Without an id in front, our name among the results ("spf=pass (mx.example.org: ...)") is no claim of
// whoever wrote them.
bool claims_in_place(std::string_view body, OwnIds& ours) {
    const std::string cleaned = without_controls(body);
    const std::string_view text = without_instance(cleaned);
    return claims_one(body, ours) &&
           (stands_first(HeadReader(text).read(), text, ours) || !begins_with_result(body));
}

bool is_forged(std::string_view body, OwnIds& ours) {
    return claims_one(body, ours) || has_unknown_version(body) || begins_with_result(body);
}

bool line_is_forged(std::string_view line, OwnIds& ours) {
    const auto colon = line.find(':');
    return colon != std::string_view::npos && message::resembles_name(line.substr(0, colon), field_name) &&
           is_forged(line.substr(colon + 1), ours);
}

bool hides_forgery(const message::HeaderField& field, OwnIds& ours) {
    if (!field.well_formed() && line_is_forged(field.text(), ours)) {
        return true;
    }
    const auto lines = message::hidden_lines(field.text());
    return std::any_of(lines.begin(), lines.end(),
                       [&ours](std::string_view line) { return line_is_forged(line, ours); });
}

// Which of the fields of that name, counted from 1 at the top.
template <class Predicate>
std::vector<std::size_t> instances_where(const message::HeaderList& headers, Predicate holds) {
    std::vector<std::size_t> instances;
    std::size_t instance = 0;
    for (const message::HeaderField& field : headers) {
        if (!field.is_named(field_name)) {
            continue;
        }
        ++instance;
        if (holds(field)) {
            instances.push_back(instance);
        }
    }
    return instances;
}

} // namespace

bool claims(std::string_view body, const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    return claims_one(body, ours);
}

bool states_nothing(std::string_view body) {
    const std::string text = without_controls(body);
    const Head head = HeadReader(text).read();
    return follows_grammar(head) && text.find_first_not_of("; ", head.size) == std::string::npos;
}

bool has_unknown_version(std::string_view body) {
    const std::string text = without_controls(body);
    const Head head = HeadReader(text).read();
    if (!follows_grammar(head) || head.words.size() < 2) {
        return false;
    }
    const std::string_view digits = head.words[1];
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size())) != "1";
}

std::vector<std::size_t> forged_instances(const message::HeaderList& headers,
                                          const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    auto instances = instances_where(headers, [&](const message::HeaderField& field) {
        return is_forged(field.body(), ours) || hides_forgery(field, ours);
    });
    std::reverse(instances.begin(), instances.end());
    return instances;
}

std::vector<std::size_t> claiming_instances(const message::HeaderList& headers,
                                            const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    return instances_where(
        headers, [&](const message::HeaderField& field) { return claims_in_place(field.body(), ours); });
}

std::vector<FieldPlace> hidden_forgeries(const message::HeaderList& headers,
                                         const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    std::vector<FieldPlace> places;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const message::HeaderField& field = headers[i];
        if (field.is_named(field_name) || !hides_forgery(field, ours)) {
            continue;
        }
        const auto same_name =
            std::count_if(headers.begin(), headers.begin() + static_cast<std::ptrdiff_t>(i),
                          [&](const auto& other) { return other.is_named(field.name()); });
        places.push_back({std::string(field.name()), static_cast<std::size_t>(same_name) + 1});
    }
    std::reverse(places.begin(), places.end());
    return places;
}

} // namespace authres
