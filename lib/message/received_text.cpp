#include "message/received_text.h"

#include "base/ascii.h"

#include <algorithm>

namespace message {

namespace {

bool is_blank(char c) {
    return base::is_wsp(c) || c == '\r' || c == '\n';
}

using Tokens = std::vector<ReceivedToken>;

class Tokenizer {
  public:
    Tokenizer(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

    base::Result<Tokens> run() {
        Tokens tokens;
        while (skip_blanks()) {
            ReceivedToken token{text_[position_] == '(', {}};
            if (token.comment ? !take_comment(token.text) : !take_word(token.text)) {
                return base::refuse(problem_, position_);
            }
            tokens.push_back(std::move(token));
        }
        return tokens;
    }

  private:
    bool skip_blanks() {
        while (position_ < text_.size() && is_blank(text_[position_])) {
            ++position_;
        }
        return position_ < text_.size();
    }

    bool fail(const char* problem) {
        problem_ = problem;
        return false;
    }

    // Up to a blank. A parenthesis in the midst of a word is a comment to some readers and text to others.
    bool take_word(std::string& word) {
        for (; position_ < text_.size() && !is_blank(text_[position_]); ++position_) {
            if (text_[position_] == '(' || text_[position_] == ')') {
                return fail("a parenthesis in the midst of a word");
            }
            word += text_[position_];
        }
        return true;
    }

    bool take_comment(std::string& text) {
        std::size_t depth = 0;
        for (; position_ < text_.size(); ++position_) {
            const char c = text_[position_];
            if (c == '\\' && position_ + 1 < text_.size()) { // RFC 5322 3.2.2: quoted-pair
                text += c;
                ++position_;
            } else if (c == '(' && ++depth > limits_.comment_depth) {
                return fail("comments within comments lie too deep");
            } else if (c == ')' && --depth == 0) {
                ++position_;
                text.erase(0, 1);
                return position_ == text_.size() || is_blank(text_[position_]) || text_[position_] == ';' ||
                       text_[position_] == '(' || fail("text that touches a comment");
            }
            add(text_[position_], text);
        }
        return fail("a comment without an end");
    }

    // A fold or several blanks are one.
    static void add(char c, std::string& text) {
        if (!is_blank(c)) {
            text += c;
        } else if (!text.ends_with(' ')) {
            text += ' ';
        }
    }

    std::string_view text_;
    const Limits& limits_;
    std::size_t position_ = 0;
    const char* problem_ = "";
};

std::string_view without_end(std::string_view word) {
    while (word.ends_with(';')) {
        word.remove_suffix(1);
    }
    return word;
}

// How often the word stands in the text, wherever.
std::size_t occurrences(std::string_view text, std::string_view word) {
    const auto words = blank_separated(text);
    return static_cast<std::size_t>(std::count_if(
        words.begin(), words.end(), [&](auto one) { return base::iequals(without_end(one), word); }));
}

std::size_t occurrences(const Tokens& tokens, std::size_t from, std::string_view word) {
    std::size_t count = 0;
    for (std::size_t i = from; i < tokens.size(); ++i) {
        count += occurrences(tokens[i].text, word);
    }
    return count;
}

std::string host(std::string_view word) {
    while (word.ends_with(';') || word.ends_with('.')) {
        word.remove_suffix(1);
    }
    return std::string(word);
}

} // namespace

bool ReceivedToken::is_word(std::string_view word) const {
    return !comment && base::iequals(without_end(text), word);
}

std::vector<std::string_view> blank_separated(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < text.size();) {
        if (is_blank(text[i])) {
            ++i;
            continue;
        }
        const auto end = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), is_blank);
        const auto length = static_cast<std::size_t>(end - text.begin()) - i;
        words.push_back(text.substr(i, length));
        i += length;
    }
    return words;
}

base::Result<ReceivedParts> split_received(std::string_view body, const Limits& limits) {
    if (body.size() > limits.received_bytes) {
        return base::refuse("the field is too long", limits.received_bytes);
    }
    const auto control =
        std::find_if(body.begin(), body.end(), [](char c) { return base::is_control(c) && !is_blank(c); });
    if (control != body.end()) {
        return base::refuse("a control character", static_cast<std::size_t>(control - body.begin()));
    }
    auto tokens = Tokenizer(body, limits).run();
    if (!tokens) {
        return base::refuse(std::move(tokens.error()));
    }
    ReceivedParts parts;
    parts.has_from = !tokens->empty() && tokens->front().is_word("from");
    // The word behind "from" may be any, since a client may call itself anything.
    const std::size_t first = parts.has_from ? std::min<std::size_t>(2, tokens->size()) : 0;
    const auto begin = tokens->begin() + static_cast<std::ptrdiff_t>(first);
    const auto by = std::find_if(begin, tokens->end(), [](const auto& token) { return token.is_word("by"); });
    parts.has_by = by != tokens->end();
    if (parts.has_by) {
        if (occurrences(*tokens, first, "by") != 1) {
            return base::refuse("the word 'by' more than once", 0);
        }
        if (by + 1 == tokens->end() || (by + 1)->comment) {
            return base::refuse("no name behind 'by'", body.size());
        }
        parts.by = host((by + 1)->text);
        parts.rest.assign(by + 2, tokens->end());
    }
    if (parts.has_from) {
        if (occurrences(*tokens, first, "from") != 0) {
            return base::refuse("the word 'from' more than once", 0);
        }
        parts.from.assign(tokens->begin() + 1, by);
    } else {
        parts.from.assign(tokens->begin(), by);
    }
    return parts;
}

} // namespace message
