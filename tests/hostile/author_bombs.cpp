// From fields.
#include "bomb.h"

#include <fmt/format.h>

namespace hostile {

namespace {

constexpr std::size_t room = 60'000;

Bomb from(std::string name, std::string body) {
    Bomb bomb = plain(std::move(name));
    bomb.fields.front().body = std::move(body);
    return bomb;
}

std::string authors(std::size_t count, const std::string& domain) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
        list += fmt::format("{} a@d{}.{}", i == 0 ? "" : ",", i, domain);
    }
    return list;
}

Bomb many_fields() {
    Bomb bomb = plain("950 From fields");
    bomb.fields.insert(bomb.fields.end(), 950, {"From", " any@evil.test"});
    return bomb;
}

} // namespace

std::vector<Bomb> author_bombs() {
    const std::string deep = repeat("a.", 120) + "evil.test"; // 122 labels
    return {
        many_fields(),
        from("a comment of 60 KB", " (" + std::string(room, 'x') + ") any@evil.test"),
        from("comments in the thousands", repeat("(x)", room / 3) + " any@evil.test"),
        from("comments nested 20,000 deep",
             std::string(room / 3, '(') + std::string(room / 3, ')') + " any@evil.test"),
        from("a comment that never ends", " any@evil.test " + repeat("(\\)", room / 3)),
        from("a comment of quoted-pairs", " (" + repeat("\\(", room / 2) + ") any@evil.test"),
        from("30,000 words as display name", repeat("a ", room / 2) + "<any@evil.test>"),
        from("30,000 quoted words as display name", repeat("\"\"", room / 2) + "<any@evil.test>"),
        from("display name of encoded words", repeat("=?utf-8?q?a?= ", room / 14) + "<any@evil.test>"),
        from("a local-part of 60 KB", " " + std::string(room, 'a') + "@evil.test"),
        from("a domain of 60 KB of U-labels", " a@" + repeat("\xc3\xbc.", room / 3) + "test"),
        from("100 domains of 500 octets of U-labels",
             [] {
                 std::string list;
                 for (int i = 0; i < 100; ++i) {
                     list += fmt::format("{}a@{}b{}.test", i == 0 ? " " : ",",
                                         repeat("\xc3\xbc\xc3\xb6\xd7\xa9\xe3\x81\x82.", 55), i);
                 }
                 return list;
             }()),
        from("a route of 5,000 hosts", " <" + repeat("@a.evil.test,", room / 13) + "@b.test:any@evil.test>"),
        from("3,000 addresses", authors(3000, "evil.test")),
        from("100 author domains", authors(100, "evil.test")),
        from("10 author domains of 122 labels", authors(10, deep)),
        from("a group of 60 KB without end", " g:" + repeat("a@evil.test,", room / 12)),
        from("empty groups in the thousands", repeat("g:;,", room / 4) + "any@evil.test"),
        from("60 KB of folds", repeat("\r\n ", room / 3) + "any@evil.test"),
        from("60 KB of commas", std::string(room, ',')),
        from("60 KB of at signs", std::string(room, '@')),
        from("60 KB of double quotes", std::string(room, '"')),
        from("60 KB of backslashes", std::string(room, '\\')),
    };
}

} // namespace hostile
