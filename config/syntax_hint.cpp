#include "config/syntax_hint.h"

#include "base/ascii.h"
#include "base/secret_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace config {

namespace {

// The first `count`, fewer when there are no more.
std::vector<std::string_view> lines_of(std::string_view text, std::size_t count) {
    std::vector<std::string_view> lines;
    while (lines.size() < count) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        lines.push_back(line.substr(0, line.find('\r')));
        if (end == std::string_view::npos) {
            break;
        }
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::size_t indentation(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

// Where the first name of a line begins: behind the "- " of an item.
std::size_t content_column(std::string_view line) {
    std::size_t at = indentation(line);
    while (line.substr(at).starts_with("- ")) {
        at += 1 + indentation(line.substr(at + 1));
    }
    return at;
}

bool is_empty_line(std::string_view line) {
    const auto content = base::trim_fws(line);
    return content.empty() || content.starts_with('#');
}

struct Bracket {
    std::size_t line;
    std::size_t column;
    char sign;
};

// Follows the file to a place in it: which texts in quotes, lists in [] and mappings in {} are open there.
// They open only where a value can begin: within a text, a quote is a character like any other.
class Follower {
  public:
    void follow(std::string_view line, std::size_t number) {
        if (!quote_ && is_passed_over(line)) {
            return;
        }
        if (!quote_ && open_.empty()) {
            begin_line(line);
        }
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (quote_) {
                at += close_quote(line.substr(at));
            } else if (line[at] == '#' && (at == 0 || base::is_wsp(line[at - 1]))) {
                return;
            } else if (!base::is_wsp(line[at])) {
                at += take(line, {number, at + 1, line[at]});
            }
        }
    }

    [[nodiscard]] std::optional<Bracket> quote() const { return quote_; }
    // The innermost one.
    [[nodiscard]] std::optional<Bracket> bracket() const {
        return open_.empty() ? std::nullopt : std::optional(open_.back());
    }

  private:
    // Empty, or a text of the lines above that goes on.
    [[nodiscard]] bool is_passed_over(std::string_view line) const {
        return is_empty_line(line) || (open_.empty() && plain_ && indentation(line) > parent_);
    }

    void begin_line(std::string_view line) {
        begins_ = true;
        plain_ = false;
        parent_ = start_ = indentation(line);
    }

    // Takes one character; how many more belong to it.
    std::size_t close_quote(std::string_view rest) {
        const char c = rest.front();
        const bool doubled = quote_->sign == '\'' && rest.starts_with("''");
        if (doubled || (quote_->sign == '"' && c == '\\')) {
            return 1;
        }
        quote_ = c == quote_->sign ? std::nullopt : quote_;
        return 0;
    }

    // The same outside of quotes, for what is no blank.
    std::size_t take(std::string_view line, Bracket here) {
        const auto rest = line.substr(here.column);
        const bool ends = rest.empty() || base::is_wsp(rest.front());
        if (here.sign == '[' || here.sign == '{' || here.sign == ']' || here.sign == '}') {
            bracket(here);
        } else if (begins_ && (here.sign == '"' || here.sign == '\'')) {
            start_ = here.column - 1;
            quote_ = here;
            begins_ = plain_ = false;
        } else if (here.sign == ':' && (ends || colon_ends_name(rest.front()))) {
            parent_ = start_;
            begin_value();
        } else if (here.sign == ',' && !open_.empty()) {
            begin_value();
        } else if (begins_ && ends && (here.sign == '-' || here.sign == '?')) {
            parent_ = here.column - 1;
        } else if (begins_ && (here.sign == '!' || here.sign == '&')) {
            return std::min(rest.find_first_of(" \t"), rest.size()); // an anchor or a tag before the value
        } else {
            text(here);
        }
        return 0;
    }

    void bracket(Bracket here) {
        if ((here.sign == '[' || here.sign == '{') && (begins_ || !open_.empty())) {
            open_.push_back(here);
            begin_value();
        } else if (!open_.empty() && here.sign == (open_.back().sign == '[' ? ']' : '}')) {
            open_.pop_back();
            begins_ = plain_ = false;
        } else {
            text(here);
        }
    }

    void begin_value() {
        begins_ = true;
        plain_ = false;
    }

    void text(Bracket here) {
        start_ = begins_ ? here.column - 1 : start_;
        begins_ = false;
        plain_ = true;
    }

    // In brackets a name in quotes needs no blank behind its colon.
    [[nodiscard]] bool colon_ends_name(char next) const {
        return !open_.empty() && (!plain_ || std::string_view("[]{},").find(next) != std::string_view::npos);
    }

    std::vector<Bracket> open_;
    std::optional<Bracket> quote_;
    bool begins_ = true;     // a value can begin here
    bool plain_ = false;     // in a text without quotes
    std::size_t start_ = 0;  // where the last name or text began
    std::size_t parent_ = 0; // what is indented deeper than this goes on with the text
};

// "name:value": YAML takes it for one text.
bool lacks_blank(std::string_view line) {
    auto content = base::trim_fws(line);
    while (content.starts_with("- ")) {
        content = base::trim_fws(content.substr(2));
    }
    const auto colon = content.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < content.size() &&
           !base::is_wsp(content[colon + 1]) && content.find(": ") == std::string_view::npos &&
           std::all_of(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
               return base::is_alnum(c) || std::string_view("_-.").find(c) != std::string_view::npos;
           });
}

class Explainer {
  public:
    Explainer(SyntaxError error, std::string_view text)
        : error_(std::move(error)), lines_(lines_of(text, error_.line)) {}

    SyntaxError explain() {
        if (error_.line > lines_.size()) {
            return error_;
        }
        line_ = lines_[error_.line - 1];
        here_ = line_.substr(std::min(error_.column - 1, line_.size()));
        if (!quote() && !is_indented_by_tab() && !brackets() && !first_character()) {
            layout();
        }
        return error_;
    }

  private:
    [[nodiscard]] bool says(std::string_view words) const {
        return error_.reason.find(words) != std::string::npos;
    }

    // Up to the beginning of the line, or to the place in it.
    [[nodiscard]] Follower followed(bool into_line) const {
        Follower follower;
        for (std::size_t i = 0; i + 1 < error_.line; ++i) {
            follower.follow(lines_[i], i + 1);
        }
        if (into_line) {
            follower.follow(line_.substr(0, error_.column - 1), error_.line);
        }
        return follower;
    }

    // A text in quotes that began in a line above. Written so on purpose it is rare; where a closing quote is
    // missing, the next quote of the file closes it, and what follows makes no sense.
    bool quote() {
        const auto open = followed(false).quote();
        if (open) {
            error_ = {open->line, open->column, "the closing quote is missing",
                      fmt::format("the text that begins here goes on to line {}, where it makes no sense",
                                  error_.line)};
        }
        return open.has_value();
    }

    bool is_indented_by_tab() {
        const auto blanks = line_.substr(0, line_.find_first_not_of(" \t"));
        if (blanks.find('\t') == std::string_view::npos) {
            return false;
        }
        error_.hint = "indent with blanks, not with tabs";
        if (error_.column <= blanks.size()) { // where the parser stopped is where the tab is
            error_.reason = "a tab in the indentation";
        }
        return true;
    }

    bool brackets() {
        const bool closes = here_.starts_with(']') || here_.starts_with('}');
        if (!says("flow") && !says("illegal map value") && !says("illegal block entry") &&
            !says("a value is missing") && !closes) {
            return false;
        }
        const auto open = followed(true).bracket();
        if (open) {
            error_.reason = closes ? fmt::format("the bracket '{}' is not closed before the '{}' in line {}",
                                                 open->sign, here_.front(), error_.line)
                                   : fmt::format("the bracket '{}' is not closed", open->sign);
            error_.line = open->line;
            error_.column = open->column;
        } else if (closes) {
            error_.reason = fmt::format("the bracket '{}' closes nothing", here_.front());
        }
        return open || closes;
    }

    // What has a meaning of its own at the beginning of a value.
    bool first_character() {
        const bool star = says("anchor is not defined") || says("alias");
        const bool plain_name = here_.size() > 1 && base::is_alnum(here_[1]);
        if (star && here_.starts_with("*.")) {
            const auto name = here_.substr(2, here_.find_first_of(":,]} \t") - 2);
            error_.hint =
                fmt::format("what begins with * needs quotes; a domain with those below it is written "
                            "'{}', with 'subdomains: true'",
                            base::shown(name));
        } else if (star && here_.starts_with('*') && !plain_name) {
            error_.hint = "what begins with * needs quotes";
        } else if (here_.starts_with('\t')) {
            error_.reason = "a tab where a blank is needed";
        } else if (says("unknown token") && !here_.empty()) {
            error_.hint =
                fmt::format("what begins with {} needs quotes", base::printable(here_.substr(0, 1)));
        } else {
            return false;
        }
        return true;
    }

    // The line above with something in it; 0: none.
    [[nodiscard]] std::size_t line_above() const {
        std::size_t number = error_.line - 1;
        while (number > 0 && is_empty_line(lines_[number - 1])) {
            --number;
        }
        return number;
    }

    void layout() {
        const bool at_start = error_.column - 1 == indentation(line_);
        const std::size_t above = line_above();
        const bool ends = says("end of map not found") || says("end of sequence not found");
        if (at_start && ends && above > 0 && indentation(line_) > content_column(lines_[above - 1])) {
            too_deep();
        } else if (at_start && ends) {
            error_.reason = "the indentation of this line fits no line above it";
            error_.hint = "what belongs together begins in the same column";
        } else if (says("illegal map value")) {
            map_value(above);
        } else if (says("a colon is missing") && lacks_blank(line_)) {
            error_.reason = fmt::format("a blank is missing behind the colon in line {}", error_.line);
            error_.column = line_.find(':') + 1;
        } else if (says("a colon at the end of a text")) {
            error_.hint = "put the text in quotes";
        }
    }

    void map_value(std::size_t above) {
        const auto before = line_.substr(0, error_.column - 1);
        if (before.find(": ") != std::string_view::npos) {
            error_.hint = "a second colon: put the text in quotes, or what follows on a line of its own";
        } else if (above > 0 && lacks_blank(lines_[above - 1])) {
            error_.reason = fmt::format("a blank is missing behind the colon in line {}", above);
            error_.line = above;
            error_.column = lines_[above - 1].find(':') + 1;
        } else if (above > 0 && indentation(line_) > content_column(lines_[above - 1])) {
            too_deep();
        }
    }

    void too_deep() {
        error_.reason = "the indentation of this line puts it below a setting that has a value already";
        error_.column = indentation(line_) + 1;
        error_.hint = "what belongs together begins in the same column";
    }

    SyntaxError error_;
    std::vector<std::string_view> lines_;
    std::string_view line_; // where the parser gave up
    std::string_view here_; // the rest of it
};

} // namespace

SyntaxError explain_syntax(SyntaxError error, std::string_view text) {
    constexpr std::size_t readable = 100'000; // lines; no person wrote a longer file
    if (error.line == 0 || error.line > readable) {
        return error;
    }
    return Explainer(std::move(error), text).explain();
}

} // namespace config
