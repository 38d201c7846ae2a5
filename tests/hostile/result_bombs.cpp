// Forged Authentication-Results fields, and what others of that family could cost.
#include "bomb.h"

#include <fmt/format.h>

namespace hostile {

namespace {

constexpr std::size_t room = 60'000;

Bomb results(std::string name, std::string body, std::size_t times) {
    Bomb bomb = plain(std::move(name));
    bomb.fields.insert(bomb.fields.begin(), times, {"Authentication-Results", std::move(body)});
    return bomb;
}

Bomb arc_sets() {
    Bomb bomb = plain("300 ARC sets that say pass");
    for (int i = 300; i > 0; --i) {
        bomb.fields.push_back(
            {"ARC-Seal", fmt::format(" i={}; cv=pass; a=rsa-sha256; d=evil.test; s=s; b=AAAA", i)});
        bomb.fields.push_back(
            {"ARC-Message-Signature", fmt::format(" i={}; a=rsa-sha256; d=evil.test; b=AAAA", i)});
        bomb.fields.push_back({"ARC-Authentication-Results", fmt::format(" i={}; mx.test; dmarc=pass", i)});
    }
    return bomb;
}

} // namespace

std::vector<Bomb> result_bombs() {
    const std::string u_label = "\xc3\xbc";
    return {
        results("950 forged results", " mx.test; spf=pass", 950),
        results("forged results of 60 KB",
                " mx.test" + repeat("; spf=pass smtp.mailfrom=evil.test", room / 34), 4),
        results("10,000 results in one field", " other.test" + repeat(";a=b", 10'000), 4),
        results("30,000 words before the semicolon", " " + repeat("a ", room / 2), 4),
        results("64 words of 900 octets before the semicolon", " " + repeat(std::string(900, 'a') + " ", 64),
                4),
        results("64 words of U-labels, 900 times", " " + repeat(u_label + " ", 64), 900),
        results("64 words of 900 octets of U-labels", " " + repeat(repeat(u_label, 450) + " ", 64), 4),
        results("U-labels with slashes", " " + repeat(u_label + "/" + u_label + " ", 40), 900),
        results("one id of 60 KB", " " + std::string(room, 'a'), 4),
        results("one id of 60 KB of U-labels", " " + repeat(u_label, room / 2), 4),
        results("60 KB of open comments", " " + std::string(room, '('), 4),
        results("60 KB of closed comments", " " + repeat("()", room / 2) + "mx.test", 4),
        results("60 KB of double quotes", " " + std::string(room, '"'), 4),
        results("60 KB of backslashes", " " + std::string(room, '\\'), 4),
        results("60 KB of semicolons", " " + std::string(room, ';'), 4),
        results("60 KB of dots", " " + std::string(room, '.'), 4),
        results("60 KB of dots after our id", " mx.test" + std::string(room, '.'), 4),
        results("60 KB of instances", " " + repeat("i=1;", room / 4), 4),
        results("60 KB of controls", " " + std::string(room, '\x01') + "mx.test", 4),
        arc_sets(),
    };
}

} // namespace hostile
