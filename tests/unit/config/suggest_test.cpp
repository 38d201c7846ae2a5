#include "config/suggest.h"

#include "support/catch.h"

#include <string>

TEST_CASE("edit distance") {
    struct Case {
        std::string a;
        std::string b;
        std::size_t distance;
    };
    const Case cases[]{
        {"", "", 0},
        {"abc", "abc", 0},
        {"abc", "", 3},
        {"", "abc", 3},
        {"abc", "abd", 1},
        {"abc", "ab", 1},
        {"abc", "xabc", 1},
        {"abc", "acb", 1},
        {"enable", "enabled", 1},
        {"kitten", "sitting", 3},
        {"ca", "abc", 3},
    };
    for (const Case& c : cases) {
        INFO(c.a << " and " << c.b);
        CHECK(config::edit_distance(c.a, c.b) == c.distance);
        CHECK(config::edit_distance(c.b, c.a) == c.distance);
    }
}

TEST_CASE("the word that was meant") {
    const std::vector<std::string_view> words{"enabled", "check_helo", "void_lookups", "file"};
    struct Case {
        std::string name;
        std::string text;
        std::optional<std::string_view> nearest;
    };
    const Case cases[]{
        {"a letter missing", "enable", "enabled"},
        {"two letters swapped", "enbaled", "enabled"},
        {"hyphens", "check-helo", "check_helo"},
        {"capitals without underscore", "VoidLookups", "void_lookups"},
        {"a short word", "fiel", "file"},
        {"another word", "timeout", std::nullopt},
        {"too far", "disabled!", std::nullopt},
        {"nothing", "", std::nullopt},
        {"far too long", std::string(1000, 'e'), std::nullopt},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(config::nearest(c.text, words) == c.nearest);
    }
}
