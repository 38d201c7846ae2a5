#include "dkim/canonical_body.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dkim {

namespace {

constexpr std::string_view crlf = "\r\n";

// A place at which relaxed text differs from its source: a TAB, or a SP that has another blank or a CR behind
// it. Of bytes compared without branches, so that the compiler can look at many at once.
unsigned differs(char c, char next) {
    const unsigned tab = static_cast<unsigned>(c == '\t');
    const unsigned space = static_cast<unsigned>(c == ' ');
    const unsigned blank_or_cr = static_cast<unsigned>(next == ' ') | static_cast<unsigned>(next == '\t') |
                                 static_cast<unsigned>(next == '\r');
    return tab | (space & blank_or_cr);
}

constexpr std::size_t block = 64;

bool block_differs(const char* bytes) {
    unsigned char found = 0;
    for (std::size_t i = 0; i < block; ++i) {
        found = static_cast<unsigned char>(found | differs(bytes[i], bytes[i + 1]));
    }
    return found != 0;
}

// The length of the longest beginning that relaxed canonicalization would hand on unchanged if anything
// follows it. A SP at the very end does not belong to it: the next byte decides.
std::size_t unchanged_length(std::string_view bytes) {
    std::size_t at = 0;
    while (bytes.size() - at > block && !block_differs(bytes.data() + at)) {
        at += block;
    }
    while (at + 1 < bytes.size() && differs(bytes[at], bytes[at + 1]) == 0) {
        ++at;
    }
    if (at + 1 == bytes.size() && !base::is_wsp(bytes[at])) {
        ++at;
    }
    return at;
}

// Without what must be held back until it is known what follows: line ends, and a CR that ends the input.
std::string_view without_tail(std::string_view run, bool at_end_of_input) {
    if (at_end_of_input && run.ends_with('\r')) {
        run.remove_suffix(1);
    }
    while (run.ends_with(crlf)) {
        run.remove_suffix(crlf.size());
    }
    return run;
}

} // namespace

void CanonicalBody::update(std::string_view bytes) {
    while (!bytes.empty()) {
        bytes = take(bytes);
    }
}

// One blank, half a line end, or a run as long as it can be; returns the rest.
std::string_view CanonicalBody::take(std::string_view bytes) {
    const char c = bytes.front();
    if (c == '\n' && cr_) {
        cr_ = false;
        blanks_ = false; // RFC 6376 3.4.4: blanks at the end of a line are ignored
        ++line_ends_;
        return bytes.substr(1);
    }
    if (c == '\r') {
        if (cr_) {
            write_held(); // the one before was no line end
        }
        cr_ = true;
        return bytes.substr(1);
    }
    if (relaxed_ && base::is_wsp(c)) {
        if (cr_) {
            write_held();
        }
        blanks_ = true;
        return bytes.substr(1);
    }
    const std::size_t length = relaxed_ ? unchanged_length(bytes) : bytes.size();
    const std::string_view run = without_tail(bytes.substr(0, length), length == bytes.size());
    write_held();
    write(run);
    return bytes.substr(run.size());
}

void CanonicalBody::write_held() {
    constexpr std::size_t many = 256;
    static constexpr auto ends = [] {
        std::array<char, many * 2> text{};
        for (std::size_t i = 0; i < text.size(); ++i) {
            text[i] = crlf[i % 2];
        }
        return text;
    }();
    while (line_ends_ > 0) {
        const std::uint64_t count = std::min<std::uint64_t>(line_ends_, many);
        write({ends.data(), static_cast<std::size_t>(count) * 2});
        line_ends_ -= count;
    }
    if (blanks_) {
        write(" ");
        blanks_ = false;
    }
    if (cr_) {
        write("\r");
        cr_ = false;
    }
}

void CanonicalBody::write(std::string_view run) {
    empty_ = false;
    sink_.write(run);
}

void CanonicalBody::finish() {
    if (cr_) {
        write_held(); // a CR that nothing followed is text
    }
    // RFC 6376 3.4.3: the simple form of an empty body is one CRLF; 3.4.4: the relaxed form is empty.
    if (!relaxed_ || !empty_) {
        write(crlf);
    }
}

} // namespace dkim
