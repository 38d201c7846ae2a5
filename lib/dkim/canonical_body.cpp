#include "dkim/canonical_body.h"

#include "base/ascii.h"
#include "dkim/squeeze_blanks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace dkim {

namespace {

constexpr std::string_view crlf = "\r\n";

std::string_view without_blanks(std::string_view bytes) {
    const auto text = std::find_if_not(bytes.begin(), bytes.end(), base::is_wsp);
    return bytes.substr(static_cast<std::size_t>(text - bytes.begin()));
}

// The blank that stands for a run of them, in front of `rest`.
std::string_view blank_before(std::string_view rest) {
    return rest.starts_with(crlf) ? "" : " "; // RFC 6376 3.4.4: blanks at the end of a line are ignored
}

char* append(std::string_view text, char* out) {
    return std::copy(text.begin(), text.end(), out);
}

// As squeeze_blanks, octet by octet, for all of a text.
char* squeeze_rest(std::string_view text, char* out) {
    while (!text.empty()) {
        if (base::is_wsp(text.front())) {
            text = without_blanks(text);
            out = append(blank_before(text), out);
        } else {
            *out++ = text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

} // namespace

void CanonicalBody::update(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t done = bytes.size();
        if (relaxed_ || cr_) {
            done = rewrite(bytes);
        } else {
            pass(bytes);
        }
        bytes.remove_prefix(done);
    }
}

// What was held back and a piece from the front of `bytes`, through a buffer; returns how much that was.
std::size_t CanonicalBody::rewrite(std::string_view bytes) {
    std::array<char, 4096> buffer;
    std::string_view rest = bytes;
    char* end = release(rest, buffer.data());
    const auto room = std::span(buffer).subspan(static_cast<std::size_t>(end - buffer.data()));
    const auto squeezed = relaxed_ ? squeeze_blanks(rest, room) : Squeezed{};
    if (squeezed.read > 0) {
        end += squeezed.written;
        rest.remove_prefix(squeezed.read);
    } else {
        const std::string_view piece = rest.substr(0, room.size());
        end = relaxed_ ? squeeze_rest(piece, end) : append(piece, end);
        rest.remove_prefix(piece.size());
    }
    pass({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
    return bytes.size() - rest.size();
}

// Writes the blank and the CR that were held back, now that it is known what is behind them; takes further
// blanks off the front.
char* CanonicalBody::release(std::string_view& bytes, char* out) {
    const bool blank = std::exchange(blank_, false);
    if (std::exchange(cr_, false)) {
        return append(blank && !bytes.starts_with('\n') ? " \r" : "\r", out);
    }
    if (blank) {
        bytes = without_blanks(bytes);
        return append(blank_before(bytes), out);
    }
    return out;
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
