#include "keys/shared_rotation.h"

#include "support/catch.h"

using namespace keys;

namespace {

SharedRotation sample() {
    auto shared = SharedRotation::of("example.org");
    shared.journal.edition = 5;
    shared.hosts = {{"a1", "mx1.example.org"}, {"b2", "mx2"}};
    RotatedKey old;
    old.selector = "s2026";
    old.state = KeyState::retiring;
    old.stopped = 5;
    RotatedKey fresh;
    fresh.selector = "s2027";
    fresh.state = KeyState::active;
    fresh.confirmed = true;
    shared.journal.keys = {old, fresh};
    shared.privates = {{"s2026", "-----BEGIN\n"}, {"s2027", "-----BEGIN\nother"}};
    return shared;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

} // namespace

TEST_CASE("what hosts share is read as it was printed") {
    const auto text = print(sample());
    const auto read = read_shared(text, "example.org");
    REQUIRE(read);
    CHECK(print(*read) == text);
    CHECK(read->journal.edition == 5);
    CHECK(read->journal.keys[0].stopped == 5);
    CHECK(read->hosts == sample().hosts);
    CHECK(read->privates == sample().privates);
    CHECK(read_shared(print(SharedRotation::of("example.org")), "example.org"));
}

TEST_CASE("what hosts share is refused where it is not what was printed") {
    const auto text = print(sample());
    struct Case {
        const char* name;
        std::string text;
    };
    const Case cases[]{
        {"nothing", ""},
        {"another head", replaced(text, "keys 1", "keys 2")},
        {"no edition", replaced(text, "edition 5\n", "")},
        {"edition 0", replaced(text, "edition 5", "edition 0")},
        {"two editions", replaced(text, "edition 5", "edition 5\nedition 6")},
        {"a host with a path for an id", replaced(text, "host a1", "host ../a1")},
        {"a host with no name", replaced(text, "a1 mx1.example.org", "a1")},
        {"a host with an escape in its name", replaced(text, "a1 mx1", "a1 \x1b[2J")},
        {"a host that stands there twice", replaced(text, "host b2", "host a1")},
        {"a selector with a path", replaced(text, "key s2026", "key ../s2026")},
        {"a selector that is none", replaced(text, "key s2026", "key s..2026")},
        {"a key that nobody knows", replaced(text, "private s2026", "private s2025")},
        {"a key that is no base64", replaced(text, "private s2026 ", "private s2026 !")},
        {"a stop of a key that nobody knows", replaced(text, "stopped s2026", "stopped s2025")},
        {"a word that nobody knows", replaced(text, "stopped", "halted")},
        {"no journal", replaced(text, "\njournal\n", "\n")},
        {"a journal of another domain", replaced(text, "domain example.org", "domain example.net")},
        {"a journal that is cut off", text.substr(0, text.size() - 4)},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK_FALSE(read_shared(test.text, "example.org"));
    }
    CHECK_FALSE(read_shared(text, "example.net"));
}

TEST_CASE("a key that stopped is held until every host has said that it stopped") {
    const auto shared = sample();
    const Serving current{5, {"s2027"}};
    struct Case {
        const char* name;
        Servings servings;
        bool held;
        std::size_t late;
    };
    const Case cases[]{
        {"nobody said anything", {}, true, 2},
        {"one said nothing", {{"a1", current}}, true, 1},
        {"one serves an earlier edition", {{"a1", current}, {"b2", {4, {"s2027"}}}}, true, 1},
        {"one signs with it all the same", {{"a1", current}, {"b2", {6, {"s2026"}}}}, true, 0},
        {"all have said so", {{"a1", current}, {"b2", {6, {}}}}, false, 0},
        {"one is none of ours", {{"a1", current}, {"c3", current}}, true, 1},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(held_selectors(shared, test.servings) ==
              (test.held ? std::set<std::string>{"s2026"} : std::set<std::string>{}));
        CHECK(late_hosts(shared, test.servings).size() == test.late);
    }
}

TEST_CASE("what a host says is read as it was printed") {
    for (const Serving& one : {Serving{1, {}}, Serving{7, {"a", "b"}}}) {
        const auto read = read_serving(print(one));
        REQUIRE(read);
        CHECK(*read == one);
    }
    for (const char* wrong :
         {"", "edition 1\n", "edition 0\nsigns\n", "edition 1\nsignsx\n", "edition 1\nsigns",
          "edition 1\nsigns\n\n", "edition -1\nsigns\n", "edition 1 \nsigns\n"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_serving(wrong));
    }
}
