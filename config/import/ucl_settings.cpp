#include "config/import/ucl_settings.h"

#include "base/ascii.h"

#include <algorithm>
#include <utility>

namespace config::import {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class Scanner {
  public:
    Scanner(std::string_view text, std::string_view section) : text_(text), section_(section) {}

    std::vector<UclSetting> scan() {
        while (skip(" \t\r\n;,"), at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '}' || c == ']') {
                close();
            } else if (in_list()) {
                value_of(open_.back().name, line_);
            } else if (c == '{' || c == '[') {
                open("", c == '[');
            } else {
                setting();
            }
        }
        return std::move(found_);
    }

  private:
    struct Open {
        std::string name;
        bool is_list = false;
    };

    [[nodiscard]] bool in_list() const { return !open_.empty() && open_.back().is_list; }

    // Whether what stands here is in the section; a list of it counts as well.
    [[nodiscard]] bool is_wanted() const {
        const std::size_t depth = open_.size() - (in_list() ? 1 : 0);
        return section_.empty() ? depth == 0 : depth == 1 && base::iequals(open_.front().name, section_);
    }

    void step() { line_ += text_[at_++] == '\n' ? 1U : 0U; }

    void close() {
        step();
        if (!open_.empty()) {
            open_.pop_back();
        }
    }

    void open(std::string name, bool is_list) {
        step();
        open_.push_back({std::move(name), is_list});
    }

    // Blanks of these kinds, and comments.
    void skip(std::string_view blanks) {
        while (at_ < text_.size()) {
            const std::string_view rest = text_.substr(at_);
            if (blanks.find(rest.front()) != std::string_view::npos) {
                step();
            } else if (rest.front() == '#') {
                at_ += std::min(rest.find('\n'), rest.size());
            } else if (rest.starts_with("/*")) {
                skip_comment();
            } else {
                return;
            }
        }
    }

    // One may stand in another.
    void skip_comment() {
        std::size_t depth = 0;
        do {
            const std::string_view rest = text_.substr(at_);
            const bool begins = rest.starts_with("/*"), ends = rest.starts_with("*/");
            depth = depth + (begins ? 1 : 0) - (ends ? 1 : 0);
            at_ += begins || ends ? 1U : 0U;
            step();
        } while (depth > 0 && at_ < text_.size());
    }

    std::string quoted() {
        const char mark = text_[at_];
        std::string all;
        for (step(); at_ < text_.size() && text_[at_] != mark; step()) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                step();
            }
            all += text_[at_];
        }
        if (at_ < text_.size()) {
            step();
        }
        return all;
    }

    // "<<EOD" to the line of that name.
    std::string here_text() {
        const auto end_of_first = std::min(text_.find('\n', at_), text_.size());
        const std::string mark(base::trim_fws(text_.substr(at_ + 2, end_of_first - at_ - 2)));
        while (at_ < end_of_first) {
            step();
        }
        std::string all;
        while (at_ < text_.size()) {
            step(); // the end of the line before
            const auto end = std::min(text_.find('\n', at_), text_.size());
            const std::string_view line = text_.substr(at_, end - at_);
            at_ = end;
            if (base::trim_fws(line) == mark) {
                break;
            }
            all.append(line).push_back('\n');
        }
        return all;
    }

    // To what ends it; "${NAME}" is part of it.
    std::string bare() {
        std::string all;
        for (bool in_name = false; at_ < text_.size(); step()) {
            const char c = text_[at_];
            const bool begins_name = c == '{' && all.ends_with('$');
            if (!in_name && !begins_name && std::string_view("\n;,#{}[]").find(c) != std::string_view::npos) {
                break;
            }
            in_name = begins_name || (in_name && c != '}' && c != '\n');
            all += c;
        }
        return std::string(base::trim_fws(all));
    }

    std::string name() {
        if (text_[at_] == '"' || text_[at_] == '\'') {
            return quoted();
        }
        const std::size_t begin = at_;
        while (at_ < text_.size() && !is_blank(text_[at_]) &&
               std::string_view("=:;,{}[]()#\"'").find(text_[at_]) == std::string_view::npos) {
            step();
        }
        if (at_ == begin) { // of no name at all
            step();
        }
        return std::string(text_.substr(begin, at_ - begin));
    }

    void setting() {
        const std::size_t line = line_;
        const std::string word = base::to_lower(name());
        if (word.starts_with('.') && at_ < text_.size() && text_[at_] == '(') {
            while (at_ < text_.size() && text_[at_] != ')' && text_[at_] != '\n') {
                step();
            }
            at_ += at_ < text_.size() && text_[at_] == ')' ? 1U : 0U;
        }
        skip(" \t\r\n=:");
        value_of(word, line);
    }

    void value_of(const std::string& word, std::size_t line) {
        if (at_ >= text_.size()) {
            return;
        }
        const std::size_t begin = at_;
        const bool is_listed = in_list();
        std::string value;
        if (const char c = text_[at_]; c == '"' || c == '\'') {
            value = quoted();
        } else if (text_.substr(at_).starts_with("<<")) {
            value = here_text();
        } else {
            value = bare();
        }
        skip(" \t\r");
        const bool opens = at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[');
        if (is_wanted()) {
            found_.push_back({word, opens ? std::string(1, text_[at_]) : value, line});
        }
        if (opens && !(is_listed && at_ > begin)) {
            open(word, text_[at_] == '[');
        }
    }

    std::string_view text_, section_;
    std::size_t at_ = 0, line_ = 1;
    std::vector<Open> open_;
    std::vector<UclSetting> found_;
};

} // namespace

std::vector<UclSetting> ucl_settings(std::string_view text, std::string_view section) {
    return Scanner(text, section).scan();
}

} // namespace config::import
