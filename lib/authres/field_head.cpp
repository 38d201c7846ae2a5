#include "authres/field_head.h"

#include "base/ascii.h"

#include <algorithm>

namespace authres {

namespace {

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

} // namespace

Head read_head(std::string_view text) {
    return HeadReader(text).read();
}

bool follows_grammar(const Head& head) {
    return head.readable &&
           (head.words.size() == 1 || (head.words.size() == 2 && is_version(head.words[1]))) &&
           head.words[0].find_first_of("=@\\") == std::string::npos;
}

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

std::string_view without_instance(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of("; "), text.size()));
    const auto semicolon = text.find(';');
    const std::string_view tag = base::trim_wsp(text.substr(0, semicolon));
    const bool instance = semicolon != std::string_view::npos && base::istarts_with(tag, "i=");
    return instance ? text.substr(semicolon + 1) : text;
}

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

} // namespace authres
