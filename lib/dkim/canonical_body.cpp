#include "dkim/canonical_body.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
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

bool any_differs(const char* bytes) {
    unsigned char found = 0;
    for (std::size_t i = 0; i < block; ++i) {
        found = static_cast<unsigned char>(found | differs(bytes[i], bytes[i + 1]));
    }
    return found != 0;
}

constexpr std::size_t word = sizeof(std::uint64_t);

// The first place in a word's length of bytes; that length when there is none.
std::size_t first_difference(const char* bytes) {
    std::array<unsigned char, word> flags{};
    for (std::size_t i = 0; i < word; ++i) {
        flags[i] = static_cast<unsigned char>(differs(bytes[i], bytes[i + 1]));
    }
    const auto bits = std::bit_cast<std::uint64_t>(flags);
    const int zeros =
        std::endian::native == std::endian::little ? std::countr_zero(bits) : std::countl_zero(bits);
    return static_cast<std::size_t>(zeros) / 8;
}

// The length of the beginning, in whole blocks, that relaxed canonicalization hands on unchanged.
std::size_t unchanged_length(std::string_view bytes) {
    std::size_t length = 0;
    while (bytes.size() - length > block && !any_differs(bytes.data() + length)) {
        length += block;
    }
    return length;
}

// Copies the beginning that relaxed canonicalization hands on unchanged, and returns its length. What becomes
// of a blank depends on the byte behind it, so that one at the very end is not part of it. `out` may be
// written to for a word more.
std::size_t copy_unchanged(std::string_view bytes, char* out) {
    std::size_t length = 0;
    while (bytes.size() - length > word) {
        std::memcpy(out + length, bytes.data() + length, word);
        const std::size_t more = first_difference(bytes.data() + length);
        length += more;
        if (more < word) {
            return length;
        }
    }
    while (bytes.size() - length > 1 && differs(bytes[length], bytes[length + 1]) == 0) {
        out[length] = bytes[length];
        ++length;
    }
    if (bytes.size() - length == 1 && !base::is_wsp(bytes.back())) {
        out[length++] = bytes.back();
    }
    return length;
}

std::string_view without_blanks(std::string_view bytes) {
    const auto text = std::find_if_not(bytes.begin(), bytes.end(), base::is_wsp);
    return bytes.substr(static_cast<std::size_t>(text - bytes.begin()));
}

// The relaxed form of `bytes`, behind a blank or not; returns the end of what was written.
char* write_relaxed(std::string_view bytes, bool blank, char* out) {
    while (blank || !bytes.empty()) {
        if (blank || base::is_wsp(bytes.front())) {
            bytes = without_blanks(bytes);
            if (!bytes.starts_with(crlf)) { // RFC 6376 3.4.4: blanks at the end of a line are ignored
                *out++ = ' ';               // and any number of them elsewhere is one space
            }
            blank = false;
        }
        const std::size_t length = copy_unchanged(bytes, out);
        out += length;
        bytes.remove_prefix(length);
    }
    return out;
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

// Where one thing differs, others are near: a piece at a time goes into a buffer.
std::size_t CanonicalBody::rewrite(std::string_view bytes) {
    constexpr std::size_t most = 1024;
    std::array<char, most + 2 + word> buffer;
    bytes = bytes.substr(0, most);
    char* end = buffer.data();
    bool blank = std::exchange(blank_, false);
    if (std::exchange(cr_, false)) {
        if (blank && !bytes.starts_with('\n')) {
            *end++ = ' ';
        }
        blank = false;
        *end++ = '\r';
    }
    end = relaxed_ ? write_relaxed(bytes, blank, end) : std::copy(bytes.begin(), bytes.end(), end);
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
