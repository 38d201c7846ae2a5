// DKIM-Signature fields, with keys that exist, so that nothing ends before the arithmetic.
#include "bomb.h"
#include "test_keys.h"

#include <fmt/format.h>

namespace hostile {

namespace {

constexpr std::size_t room = 30'000; // dkim::Limits::signature_field is 32 KiB
constexpr std::string_view empty_relaxed = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

// A signature that can only fail in its last step.
std::string tags(const std::string& selector, const std::string& more = {},
                 const std::string& names = "From") {
    return fmt::format(" v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil.test; s={}; h={}; bh={}; {}b={}",
                       selector, names, empty_relaxed, more, large_signature());
}

Bomb with(Bomb bomb, const std::string& field, std::size_t times = 1) {
    bomb.fields.insert(bomb.fields.begin(), times, {"DKIM-Signature", field});
    return bomb;
}

Bomb signatures(std::string name, std::size_t times, const std::string& more = {},
                const std::string& names = "From") {
    Bomb bomb = plain(std::move(name));
    for (std::size_t i = 0; i < times; ++i) {
        const std::string selector = fmt::format("s{}", i);
        bomb.fields.insert(bomb.fields.begin(), {"DKIM-Signature", tags(selector, more, names)});
        if (times - i <= 20) { // those that end up on top
            bomb.zone.add("TXT " + selector + "._domainkey.evil.test", large_key_record());
        }
    }
    return bomb;
}

// Every name of h= is compared with every field, and differs from it in the last letter only.
Bomb names_against_fields() {
    constexpr std::size_t name_size = 20;
    std::string names = "From";
    for (int i = 0; i < 900; ++i) {
        names += ':' + std::string(name_size, 'a') + 'b';
    }
    Bomb bomb = signatures("900 names in h= against 900 fields, 8 times", 8, "", names);
    bomb.fields.insert(bomb.fields.end(), 900, {std::string(name_size, 'a') + 'c', "x"});
    return bomb;
}

Bomb whole_header(std::string name, const std::string& pattern) {
    std::string names = "From";
    for (int i = 0; i < 40; ++i) {
        names += ":Subject";
    }
    Bomb bomb = signatures(std::move(name), 10, "", names);
    bomb.fields.insert(bomb.fields.end(), 40, {"Subject", repeat(pattern, 5500 / pattern.size())});
    return bomb;
}

Bomb lengths() {
    Bomb bomb = plain("10 signatures with an l= of their own, 1 MB of body");
    for (int i = 0; i < 10; ++i) {
        const std::string selector = fmt::format("s{}", i);
        bomb.fields.insert(bomb.fields.begin(),
                           {"DKIM-Signature", tags(selector, fmt::format("l={}; ", 1'000'000 - i))});
        bomb.zone.add("TXT " + selector + "._domainkey.evil.test", large_key_record());
    }
    bomb.body = repeat("A line of text as there are many.\r\n", 1'048'576 / 35);
    return bomb;
}

} // namespace

std::vector<Bomb> signature_bombs() {
    std::string unknown;
    for (int i = 0; i < 1000; ++i) {
        unknown += fmt::format("x{}=1; ", i);
    }
    return {
        signatures("10 signatures", 10),
        signatures("300 signatures", 300),
        [] {
            Bomb bomb = signatures("10,000 signatures", 1);
            bomb = with(std::move(bomb), tags("s0"), 9999);
            bomb.refused = true;
            return bomb;
        }(),
        [] {
            Bomb bomb =
                with(plain("a signature of 1 MB"), tags("s0", "z=" + std::string(1'000'000, 'x') + "; "));
            bomb.refused = true;
            return bomb;
        }(),
        with(plain("a signature of 60 KB"), tags("s0", "x=" + std::string(60'000, 'x') + "; ")),
        signatures("z= of 30 KB", 7, "z=" + repeat("a:b|", room / 4) + "a:b; "),
        signatures("z= of 30 KB of quoted-printable", 7, "z=a:" + repeat("=41", room / 3) + "; "),
        with(plain("b= of 30 KB"),
             fmt::format(" v=1; a=rsa-sha256; d=evil.test; s=s0; h=From; bh={}; b={}", empty_relaxed,
                         std::string(room, 'A')),
             8),
        with(plain("bh= of 30 KB"),
             fmt::format(" v=1; a=rsa-sha256; d=evil.test; s=s0; h=From; bh={}; b=AAAA",
                         std::string(room, 'A')),
             8),
        with(plain("b= of single letters between blanks"),
             fmt::format(" v=1; a=rsa-sha256; d=evil.test; s=s0; h=From; bh={}; b={}", empty_relaxed,
                         repeat("A ", room / 2)),
             8),
        signatures("h= of 15,000 names", 7, "", "From" + repeat(":a", room / 2)),
        signatures("h= of one name of 30 KB", 7, "", "From:" + std::string(room, 'a')),
        signatures("1000 unknown tags", 10, unknown),
        with(plain("a tag name of 30 KB, twice"),
             " " + std::string(room / 2, 'a') + "=1;" + std::string(room / 2, 'a') + "=1", 8),
        with(plain("60 KB of blanks"), std::string(60'000, ' '), 4),
        signatures("30 KB of blanks inside", 7, "x=" + std::string(room, ' ') + "; "),
        signatures("30 KB of folds inside", 7, "x=" + repeat("\r\n ", room / 3) + "; "),
        signatures("i= of 30 KB", 7, "i=" + std::string(room, 'a') + "@evil.test; "),
        signatures("i= of 30 KB of quoted-printable", 7, "i=" + repeat("=61", room / 3) + "@evil.test; "),
        with(plain("d= of 30 KB of U-labels"),
             " v=1; a=rsa-sha256; d=" + repeat("\xc3\xbc.", room / 3) + "test; s=s; h=From; bh=AAAA; b=AAAA",
             8),
        with(plain("30 KB of semicolons"), std::string(room, ';'), 8),
        with(plain("30 KB of equals signs"), " a" + std::string(room, '='), 8),
        names_against_fields(),
        whole_header("220 KB of header under 10 signatures", "words of text "),
        whole_header("220 KB of blanks and letters under 10 signatures", "a  b "),
        whole_header("220 KB of blanks under 10 signatures", " \t"),
        whole_header("220 KB of folds under 10 signatures", "\r\n a"),
        lengths(),
    };
}

} // namespace hostile
