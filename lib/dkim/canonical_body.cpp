#include "dkim/canonical_body.h"

#include "base/ascii.h"

#include <array>
#include <cstddef>
#include <utility>

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

// The length of the beginning, in whole blocks, that relaxed canonicalization hands on unchanged.
std::size_t unchanged_length(std::string_view bytes) {
    std::size_t length = 0;
    while (bytes.size() - length > block && !block_differs(bytes.data() + length)) {
        length += block;
    }
    return length;
}

} // namespace

void CanonicalBody::update(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t done = cr_ || blank_ ? 0 : pass_unchanged(bytes);
        if (done == 0) {
            done = rewrite(bytes);
        }
        bytes.remove_prefix(done);
    }
}

std::size_t CanonicalBody::pass_unchanged(std::string_view bytes) {
    const std::size_t length = relaxed_ ? unchanged_length(bytes) : bytes.size();
    pass(bytes.substr(0, length));
    return length;
}

// Where one thing differs, others are near: a few blocks at once go into a buffer, blanks as one space, and
// no blank in front of a line end.
std::size_t CanonicalBody::rewrite(std::string_view bytes) {
    constexpr std::size_t most = 4 * block;
    std::array<char, most + 2> buffer;
    char* end = buffer.data();
    if (std::exchange(blank_, false)) {
        *end++ = ' ';
    }
    if (std::exchange(cr_, false)) {
        *end++ = '\r';
    }
    bytes = bytes.substr(0, most);
    for (const char c : bytes) {
        const std::size_t size = static_cast<std::size_t>(end - buffer.data());
        if (relaxed_ && base::is_wsp(c)) {
            if (size == 0 || end[-1] != ' ') {
                *end++ = ' '; // RFC 6376 3.4.4: any number of blanks is one space
            }
            continue;
        }
        if (relaxed_ && c == '\n' && size > 1 && end[-1] == '\r' && end[-2] == ' ') {
            --end; // RFC 6376 3.4.4: blanks at the end of a line are ignored
            end[-1] = '\r';
        }
        *end++ = c;
    }
    pass({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
    return bytes.size();
}

// Text in its canonical form, but for its end, which is held back until it is known whether anything follows.
void CanonicalBody::pass(std::string_view run) {
    cr_ = run.ends_with('\r');
    run.remove_suffix(cr_ ? 1 : 0);
    blank_ = relaxed_ && run.ends_with(' ');
    run.remove_suffix(blank_ ? 1 : 0);
    std::uint64_t line_ends = 0;
    for (; run.ends_with(crlf); ++line_ends) {
        run.remove_suffix(crlf.size());
    }
    if (!run.empty()) {
        write_line_ends();
        write(run);
    }
    line_ends_ += line_ends;
}

void CanonicalBody::write_line_ends() {
    for (; line_ends_ > 0; --line_ends_) {
        write(crlf);
    }
}

void CanonicalBody::write(std::string_view text) {
    empty_ = false;
    sink_.write(text);
}

void CanonicalBody::finish() {
    if (cr_) { // a CR that nothing followed is text
        write_line_ends();
        write(blank_ ? " \r" : "\r");
    }
    // RFC 6376 3.4.3: the simple form of an empty body is one CRLF; 3.4.4: the relaxed form is empty.
    if (!relaxed_ || !empty_) {
        write(crlf);
    }
}

} // namespace dkim
