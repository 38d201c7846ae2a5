#include "dkim/canonical_header.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace dkim {

namespace {

// The length of the fold's line end at the front of `text`: RFC 6376 3.4.2 unfolds by dropping CRLF and
// nothing else.
std::size_t line_end_length(std::string_view text) {
    return text.starts_with("\r\n") ? 2 : 0;
}

void write_lower(std::string_view name, ByteSink& sink) {
    std::array<char, 80> lower{};
    while (!name.empty()) {
        const std::size_t count = std::min(name.size(), lower.size());
        std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(count), lower.begin(),
                       [](char c) { return base::to_lower(c); });
        sink.write({lower.data(), count});
        name.remove_prefix(count);
    }
}

bool is_text(char c) {
    return !base::is_wsp(c) && c != '\r';
}

// How much of the front stays as it is: words with one space between them, as most lines are.
std::size_t unchanged_length(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() &&
           (is_text(text[at]) || (text[at] == ' ' && at + 1 < text.size() && is_text(text[at + 1])))) {
        ++at;
    }
    return at;
}

void write_relaxed_body(std::string_view body, ByteSink& sink) {
    bool started = false; // RFC 6376 3.4.2: no blanks behind the colon
    bool blanks = false;  // and none at the end: a blank is written only in front of something
    while (!body.empty()) {
        std::size_t length = 1;
        if (base::is_wsp(body.front())) {
            blanks = true;
        } else if (const std::size_t line_end = line_end_length(body); line_end > 0) {
            length = line_end;
        } else {
            if (blanks && started) {
                sink.write(" ");
            }
            length = std::max(length, unchanged_length(body)); // a CR alone is text as well
            sink.write(body.substr(0, length));
            started = true;
            blanks = false;
        }
        body.remove_prefix(length);
    }
}

} // namespace

void canonicalize(Canonicalization canonicalization, const message::HeaderField& field, ByteSink& sink) {
    switch (canonicalization) {
    case Canonicalization::simple:
        sink.write(field.text());
        return;
    case Canonicalization::relaxed:
        write_lower(field.name(), sink);
        sink.write(":");
        write_relaxed_body(field.body(), sink);
        return;
    }
}

} // namespace dkim
