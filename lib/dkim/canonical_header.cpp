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

// Gathers single characters, so that a header of blanks and letters costs no call for each of them.
class Gather {
  public:
    explicit Gather(ByteSink& sink) : sink_(sink) {}

    void put(char c) {
        if (used_ == gathered_.size()) {
            flush();
        }
        gathered_[used_++] = c;
    }

    void flush() {
        sink_.write({gathered_.data(), used_});
        used_ = 0;
    }

  private:
    ByteSink& sink_;
    std::array<char, 512> gathered_{};
    std::size_t used_ = 0;
};

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
    Gather text(sink);
    bool started = false; // RFC 6376 3.4.2: no blanks behind the colon
    bool blanks = false;  // and none at the end: a blank is written only in front of something
    for (std::size_t at = 0; at < body.size(); ++at) {
        const char c = body[at];
        if (base::is_wsp(c)) {
            blanks = true;
        } else if (c == '\r' && line_end_length(body.substr(at)) > 0) {
            ++at;
        } else {
            if (blanks && started) {
                text.put(' ');
            }
            text.put(c);
            started = true;
            blanks = false;
        }
    }
    text.flush();
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
