#include "milter/session/unsigned_recipients.h"

#include "support/catch.h"

TEST_CASE("which recipient wants no signature") {
    struct Case {
        const char* says;
        std::vector<std::string> patterns;
        std::vector<std::string> paths;
        const char* found;
    };
    const std::vector<std::string> patterns{"list@lists.example", "*@Internal.example"};
    const Case cases[] = {
        {"no pattern", {}, {"<list@lists.example>"}, ""},
        {"no recipient", patterns, {}, ""},
        {"one address", patterns, {"<list@lists.example>"}, "list@lists.example"},
        {"without brackets", patterns, {"list@lists.example"}, "list@lists.example"},
        {"in any case", patterns, {"<LIST@Lists.Example>"}, "list@lists.example"},
        {"a whole domain", patterns, {"<bob@internal.example>"}, "bob@internal.example"},
        {"any of them", patterns, {"<a@example.net>", "<bob@internal.example>"}, "bob@internal.example"},
        {"not what only ends alike", patterns, {"<list@lists.example.net>"}, ""},
        {"nor what only begins otherwise", patterns, {"<xlist@lists.example>"}, ""},
        {"nor a part of a local-part", patterns, {"<\"bob@internal.example\"@example.net>"}, ""},
        {"a domain alone", {"example.net"}, {"<ann@Example.NET>"}, "ann@example.net"},
        {"not the names below it", {"example.net"}, {"<ann@a.example.net>"}, ""},
        {"those by the dot", {".example.net"}, {"<ann@a.example.net>"}, "ann@a.example.net"},
        {"but not the domain itself", {".example.net"}, {"<ann@example.net>"}, ""},
        {"in its own script",
         {"müller.example"},
         {"<ann@xn--mller-kva.example>"},
         "ann@xn--mller-kva.example"},
        {"or the recipient is", {"*@xn--mller-kva.example"}, {"<ann@müller.example>"}, "ann@müller.example"},
        {"no address", patterns, {"<>", "", "postmaster", "<@>"}, ""},
    };
    for (const Case& c : cases) {
        INFO(c.says);
        CHECK(milter::session::find_unsigned_recipient(c.patterns, c.paths) == c.found);
    }
}
