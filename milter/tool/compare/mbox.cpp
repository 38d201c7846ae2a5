#include "milter/tool/compare/mbox.h"

#include "base/ascii.h"

#include <algorithm>
#include <utility>

namespace milter::tool::compare {

namespace {

constexpr std::string_view mark = "From ";
constexpr std::size_t longest_line = std::size_t{64} * 1024; // a longer one is taken in pieces

std::string_view without_end(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

// "12:34:56" or "12:34"
bool is_time(std::string_view word) {
    return (word.size() == 5 || word.size() == 8) && word[2] == ':' &&
           std::all_of(word.begin(), word.end(), [](char c) { return base::is_digit(c) || c == ':'; });
}

// "From ann@example.org Thu Jan  1 00:00:00 2026", perhaps with a zone
bool has_date(std::string_view line) {
    bool time = false, year = false;
    for (const auto word : base::split(without_end(line), ' ')) {
        time = time || is_time(word);
        year = word.size() == 4 && std::all_of(word.begin(), word.end(), base::is_digit);
        if (time && year) {
            return true;
        }
    }
    return false;
}

// ">From ", ">>From "
bool is_escaped(std::string_view line) {
    const auto first = line.find_first_not_of('>');
    return first != std::string_view::npos && first > 0 && line.substr(first).starts_with(mark);
}

} // namespace

void MboxReader::add(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const std::size_t room = longest_line - line_.size();
        const std::size_t size = std::min(end == std::string_view::npos ? bytes.size() : end + 1, room);
        line_.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        const bool whole = line_.ends_with('\n');
        if (whole || line_.size() == longest_line) {
            take_line(line_, whole);
            line_.clear();
        }
    }
}

void MboxReader::finish() {
    if (!line_.empty()) {
        take_line(line_, true);
        line_.clear();
    }
    end_message();
}

std::optional<MboxMessage> MboxReader::next() {
    if (done_.empty()) {
        return std::nullopt;
    }
    MboxMessage first = std::move(done_.front());
    done_.pop_front();
    return first;
}

void MboxReader::take_line(std::string_view line, bool whole) {
    const bool continues = std::exchange(in_line_, !whole);
    const bool begins = !continues && line.starts_with(mark) && (after_empty_ || has_date(line));
    if (begins) {
        begin(line);
    } else if (!has_message_) {
        is_mbox_ = is_mbox_ && without_end(line).empty();
    } else {
        append(!continues && is_escaped(line) ? line.substr(1) : line);
    }
    after_empty_ = !continues && !begins && whole && without_end(line).empty();
}

void MboxReader::begin(std::string_view line) {
    end_message();
    has_message_ = true;
    const auto rest = without_end(line.substr(mark.size()));
    message_.sender = rest.substr(0, rest.find(' '));
}

void MboxReader::append(std::string_view line) {
    message_.too_large = message_.too_large || message_.text.size() + line.size() > longest_;
    if (message_.too_large) {
        std::string().swap(message_.text);
    } else {
        message_.text += line;
    }
}

// The empty line before the next one is no part of it.
void MboxReader::end_message() {
    if (!std::exchange(has_message_, false)) {
        return;
    }
    std::string& text = message_.text;
    const bool crlf = text.ends_with("\r\n\r\n");
    if (crlf || text.ends_with("\n\n")) {
        text.resize(text.size() - (crlf ? 2 : 1));
    }
    done_.push_back(std::exchange(message_, {}));
}

} // namespace milter::tool::compare
