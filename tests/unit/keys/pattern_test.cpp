#include "keys/pattern.h"
#include "keys/pattern_index.h"

#include "support/catch.h"

#include <string>
#include <vector>

TEST_CASE("a pattern matches") {
    struct Case {
        std::string pattern;
        std::string subject;
        bool matches;
    };
    const Case cases[]{
        {"joe@example.com", "joe@example.com", true},
        {"Joe@Example.COM", "joe@example.com", true},
        {"joe@example.com", "joe@example.com.", false},
        {"*", "", true},
        {"*", "joe@example.com", true},
        {"", "", true},
        {"", "a", false},
        {"*@example.com", "joe@example.com", true},
        {"*@example.com", "@example.com", true},
        {"*@example.com", "joe@sub.example.com", false},
        {"*@example.com", "joe@example.com.evil.example", false},
        {"*@*.example.com", "joe@sub.example.com", true},
        {"*@*.example.com", "joe@example.com", false},
        {"info*@example.com", "info-de@example.com", true},
        {"info*@example.com", "xinfo@example.com", false},
        {"a*b*c", "abbbc", true},
        {"a*b*c", "abcb", false},
        {"a**c", "abc", true},
        {"*a", "aaab", false},
        {"*ab", "aabaab", true},
        // all else stands for itself
        {"j.e@example.com", "joe@example.com", false},
        {"(a|b)@example.com", "a@example.com", false},
        {"(a|b)@example.com", "(a|b)@example.com", true},
        {"j?e@example.com", "joe@example.com", false},
        {"[abc]@example.com", "a@example.com", false},
        {"a+b@example.com", "a+b@example.com", true},
        {"a+b@example.com", "aab@example.com", false},
        {"\xc3\xa4*@example.com", "\xc3\xa4x@example.com", true},
    };
    for (const Case& c : cases) {
        INFO(c.pattern << " and " << c.subject);
        CHECK(keys::Pattern(c.pattern).matches(c.subject) == c.matches);
    }
}

TEST_CASE("a hostile subject costs no more than pattern times subject") {
    const keys::Pattern pattern("*a*a*a*a*a*a*a*a*a*b");
    CHECK_FALSE(pattern.matches(std::string(20'000, 'a')));
    CHECK(pattern.matches(std::string(20'000, 'a') + "b"));
}

TEST_CASE("an index finds what its patterns match one by one, in their order") {
    const std::vector<std::string> patterns{"*",
                                            "joe@example.com",
                                            "*@example.com",
                                            "*@*.example.com",
                                            "joe@*",
                                            "JOE@example.com",
                                            "*joe@example.com",
                                            "j*e@*.com",
                                            "*.com",
                                            "*m",
                                            "example.com",
                                            "*@example.com",
                                            "*.joe@example.com",
                                            "*@",
                                            "@*",
                                            "*@*"};
    keys::PatternIndex index;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        index.add(patterns[i], i);
    }
    for (const std::string subject :
         {"joe@example.com", "ann@example.com", "joe@sub.example.com", "a.joe@example.com", "joe@example.org",
          "@", "", "joe", "example.com", "x@y", "....@....", "joe@", "@example.com"}) {
        INFO(subject);
        std::vector<std::size_t> expected;
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            if (keys::Pattern(patterns[i]).matches(subject)) {
                expected.push_back(i);
            }
        }
        CHECK(index.matches(subject) == expected);
    }
}

TEST_CASE("an empty index matches nothing") {
    CHECK(keys::PatternIndex().matches("joe@example.com").empty());
}

TEST_CASE("tails are looked for no further from the end than the longest one") {
    keys::PatternIndex index;
    index.add("*@a.example", 0);
    const std::string subject = std::string(1000, '.') + "@a.example";
    CHECK(index.tail_starts(subject).size() == 2);
    CHECK(index.matches(subject) == std::vector<std::size_t>{0});
}
