#include "message/parse_message.h"

#include "base/ascii.h"
#include "message/body_lines.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace message {

namespace {

// Cuts lines off the front of a text. Only LF, or CRLF, ends a line; a lone CR is a byte like any other.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {}

    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

    [[nodiscard]] std::string_view take() {
        const auto end = text_.find('\n', position_);
        std::string_view line = text_.substr(position_, end - position_);
        position_ = end == std::string_view::npos ? text_.size() : end + 1;
        if (end != std::string_view::npos && line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        return line;
    }

  private:
    std::string_view text_;
    std::size_t position_ = 0;
};

// "From ann@example.org Thu Jan 1 ..." separates messages in an mbox file. "From : ann@example.org" does not:
// it is a field that some reader will show as the author.
bool is_mbox_separator(std::string_view text) {
    constexpr std::string_view start = "From ";
    if (!text.starts_with(start)) {
        return false;
    }
    const std::string_view sender = base::trim_fws(text.substr(start.size()));
    return !sender.empty() && !sender.starts_with(':');
}

// Gathers the lines of one field at a time and hands finished fields to the list, within the limits.
class HeaderReader {
  public:
    explicit HeaderReader(const Limits& limits) : limits_(limits) {}

    // False when a limit is exceeded; problem() then says which.
    [[nodiscard]] bool add(std::string_view line) {
        const bool continues = field_.has_value() && base::is_wsp(line.front());
        if (!continues && !finish_field()) {
            return false;
        }
        if (continues) {
            field_->append("\r\n").append(line);
        } else {
            field_ = line;
        }
        if (field_->size() > limits_.header_field_bytes) {
            return over(fmt::format("a header field of more than {} octets", limits_.header_field_bytes));
        }
        if (headers_.byte_count() + field_->size() + 2 > limits_.header_bytes) {
            return over(fmt::format("a header of more than {} octets", limits_.header_bytes));
        }
        return true;
    }

    [[nodiscard]] bool finish_field() {
        if (!field_) {
            return true;
        }
        if (headers_.size() == limits_.header_fields) {
            return over(fmt::format("more than {} header fields", limits_.header_fields));
        }
        headers_.add(HeaderField::from_text(*field_));
        field_.reset();
        return true;
    }

    [[nodiscard]] HeaderList take_headers() { return std::move(headers_); }
    [[nodiscard]] const std::string& problem() const { return problem_; }

  private:
    bool over(std::string problem) {
        problem_ = std::move(problem);
        return false;
    }

    const Limits& limits_;
    HeaderList headers_;
    std::optional<std::string> field_;
    std::string problem_;
};

std::string with_crlf(std::string_view text) {
    CrlfNormalizer normalizer;
    std::string body = normalizer.update(text);
    return body + normalizer.finish();
}

} // namespace

base::Result<Message> parse_message(std::string_view text, const Limits& limits) {
    Lines lines(text);
    if (is_mbox_separator(text.substr(0, text.find('\n')))) {
        (void)lines.take();
    }
    HeaderReader reader(limits);
    while (!lines.at_end()) {
        const std::size_t start = lines.position();
        const std::string_view line = lines.take();
        if (line.empty()) {
            break;
        }
        if (!reader.add(line)) {
            return base::refuse(reader.problem(), start);
        }
    }
    if (!reader.finish_field()) {
        return base::refuse(reader.problem(), lines.position());
    }
    return Message{reader.take_headers(), with_crlf(lines.rest())};
}

} // namespace message
