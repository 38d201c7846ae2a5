// Bodies. They are hashed as they pass, so what counts is the work for each octet.
#include "bomb.h"

#include <fmt/format.h>

namespace hostile {

namespace {

constexpr std::size_t size = std::size_t{1} << 20;

// Both canonicalizations at once.
Bomb body(std::string name, std::string_view pattern) {
    Bomb bomb = plain(std::move(name));
    for (const char* canonicalization : {"relaxed/relaxed", "simple/simple"}) {
        bomb.fields.insert(bomb.fields.begin(),
                           {"DKIM-Signature",
                            fmt::format(" v=1; a=rsa-sha256; c={}; d=evil.test; s=s; h=From; bh=AAAA; b=AAAA",
                                        canonicalization)});
    }
    bomb.body = repeat(pattern, size / pattern.size());
    return bomb;
}

} // namespace

std::vector<Bomb> body_bombs() {
    return {
        body("1 MB of text", "Some words that fill a line of text as people write them, more or less.\r\n"),
        body("1 MB of spaces", " "),
        body("1 MB of tabs and spaces", " \t"),
        body("1 MB of blanks and letters", "a  b "),
        body("1 MB of empty lines", "\r\n"),
        body("1 MB of blank lines", " \r\n"),
        body("1 MB of lines of one letter", "a\r\n"),
        body("1 MB of carriage returns", "\r"),
        body("1 MB of line feeds", "\n"),
        body("1 MB of blanks before line ends", "a \t \r\n"),
        body("1 MB of empty lines between letters", "\r\n\r\n\r\na"),
    };
}

} // namespace hostile
