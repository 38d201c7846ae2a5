#include "milter/tool/compare/loose_results.h"

#include "base/ascii.h"

#include <string>
#include <vector>

namespace milter::tool::compare {

namespace {

constexpr std::size_t most_results = 200;

bool is_blank(char c) {
    return base::is_wsp(c) || c == '\r' || c == '\n';
}

struct Part {
    std::vector<std::string> words;
    std::string comments;
};

// What stands between semicolons, without quotation marks.
class Parts {
  public:
    explicit Parts(std::string_view text) {
        for (const char c : text) {
            take(c);
        }
        end_part();
    }

    [[nodiscard]] const std::vector<Part>& all() const { return parts_; }

  private:
    void take(char c) {
        if (escaped_) {
            escaped_ = false;
            keep(c);
        } else if (c == '\\' && (quoted_ || depth_ > 0)) {
            escaped_ = true;
        } else if (c == '"' && depth_ == 0) {
            quoted_ = !quoted_;
        } else if (quoted_) {
            keep(c);
        } else if (c == '(' || c == ')') {
            depth_ += c == '(' ? 1 : depth_ > 0 ? -1 : 0;
            end_word(c);
        } else if (depth_ == 0 && c == ';') {
            end_part();
        } else if (is_blank(c) && depth_ == 0) {
            end_word(c);
        } else {
            keep(c);
        }
    }

    void keep(char c) { (depth_ == 0 ? word_ : part_.comments).push_back(c); }

    void end_word(char by) {
        if (!word_.empty()) {
            part_.words.push_back(std::move(word_));
            word_.clear();
        }
        if (by == ')' && !part_.comments.empty() && part_.comments.back() != ' ') {
            part_.comments.push_back(' ');
        }
    }

    void end_part() {
        end_word(';');
        parts_.push_back(std::move(part_));
        part_ = {};
    }

    std::vector<Part> parts_;
    Part part_;
    std::string word_;
    int depth_ = 0;
    bool quoted_ = false, escaped_ = false;
};

std::optional<authres::MethodResult> read_result(const Part& part) {
    authres::MethodResult result;
    for (const std::string& word : part.words) {
        const auto sign = word.find('=');
        if (sign == std::string::npos) {
            continue;
        }
        const std::string name = base::to_lower(word.substr(0, sign)), value = word.substr(sign + 1);
        const auto dot = name.find('.');
        if (dot != std::string::npos) {
            result.properties.push_back({name.substr(0, dot), name.substr(dot + 1), value});
        } else if (result.method.empty()) {
            result.method = name;
            result.result = base::to_lower(value);
        } else if (name == "reason") {
            result.reason = value;
        }
    }
    if (!part.comments.empty()) {
        result.comments.emplace_back(base::trim_wsp(part.comments));
    }
    return result.method.empty() ? std::nullopt : std::optional(result);
}

} // namespace

std::optional<authres::Field> read_loosely(std::string_view body) {
    const Parts parts(body);
    const auto& head = parts.all().front().words;
    if (head.empty() || head.front().find('=') != std::string::npos) {
        return std::nullopt;
    }
    authres::Field field;
    field.authserv_id = head.front();
    for (std::size_t i = 1; i < parts.all().size() && field.results.size() < most_results; ++i) {
        if (auto result = read_result(parts.all()[i])) {
            field.results.push_back(std::move(*result));
        }
    }
    return field;
}

} // namespace milter::tool::compare
