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

// The length of the longest beginning with no blank and no line end in it, but for single spaces between
// words.
std::size_t words_length(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        const bool single_space =
            c == ' ' && at + 1 < text.size() && !base::is_wsp(text[at + 1]) && text[at + 1] != '\r';
        if ((base::is_wsp(c) && !single_space) || (c == '\r' && line_end_length(text.substr(at)) > 0)) {
            break;
        }
        ++at;
    }
    return at;
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

void write_relaxed_body(std::string_view body, ByteSink& sink) {
    bool started = false; // RFC 6376 3.4.2: no blanks behind the colon
    bool blanks = false;  // and none at the end: a blank is written only in front of something
    while (!body.empty()) {
        if (base::is_wsp(body.front())) {
            blanks = true;
            body.remove_prefix(1);
        } else if (const std::size_t line_end = line_end_length(body); line_end > 0) {
            body.remove_prefix(line_end);
        } else {
            const std::size_t length = words_length(body);
            if (blanks && started) {
                sink.write(" ");
            }
            sink.write(body.substr(0, length));
            body.remove_prefix(length);
            started = true;
            blanks = false;
        }
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
