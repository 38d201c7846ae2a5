#include "message/field_name.h"

#include "support/catch.h"

#include <string>

TEST_CASE("names of header fields that come in and that we write") {
    struct Case {
        std::string name;
        bool may_come;
        bool is_ours;
    };
    const Case cases[] = {
        {"From", true, true},
        {"X-Spam!", true, true},
        {"a", true, true},
        {std::string(900, 'x'), true, true},
        {std::string(901, 'x'), true, false},
        {std::string(952, 'x'), true, false},
        {"X;Y", true, false},
        {"List-*", true, false},
        {"\"From\"", true, false},
        {"[From]", true, false},
        {"From,To", true, false},
        {"", false, false},
        {"From:", false, false},
        {"My Field", false, false},
        {"Tab\t", false, false},
        {"Betre\xc3\xbf", false, false},
        {std::string("a\0b", 3), false, false},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(message::is_field_name(c.name) == c.may_come);
        CHECK(message::is_own_field_name(c.name) == c.is_ours);
    }
}
