#include "base/macro_condition.h"

#include "support/catch.h"

TEST_CASE("conditions on macros, and how they are printed") {
    struct Case {
        const char* text;
        const char* printed; // nullptr: refused
    };
    const Case cases[] = {
        {"{auth_type}", "{auth_type}"},
        {"auth_type", "{auth_type}"},
        {"{daemon_port}=587|465", "{daemon_port}=587|465"},
        {"daemon_name=MSA out", "{daemon_name}=MSA out"},
        {"{x}=a=b", "{x}=a=b"},
        {"i", "{i}"},
        {"", nullptr},
        {"{}", nullptr},
        {"{", nullptr},
        {"{a b}", nullptr},
        {"{a}b", nullptr},
        {"{a", nullptr},
        {"=587", nullptr},
        {"{daemon_port}=", nullptr},
        {"{daemon_port}=587|", nullptr},
        {"{daemon_port}=|", nullptr},
        {"{daemon_port}=5\r87", nullptr},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const auto condition = base::MacroCondition::parse(c.text);
        REQUIRE(condition.has_value() == (c.printed != nullptr));
        if (condition) {
            CHECK(condition->print() == c.printed);
            CHECK(base::MacroCondition::parse(condition->print()) == *condition);
        }
    }
    CHECK_FALSE(base::MacroCondition::parse("{" + std::string(65, 'x') + "}").has_value());
}

TEST_CASE("when a condition on a macro holds") {
    struct Case {
        const char* condition;
        const char* value;
        bool holds;
    };
    const Case cases[] = {
        {"{m_x}", "", false},     {"{m_x}", "anything", true}, {"{m_x}=a|b", "a", true},
        {"{m_x}=a|b", "b", true}, {"{m_x}=a|b", "A", false},   {"{m_x}=a|b", "a|b", false},
        {"{m_x}=a|b", "", false}, {"{m_x}=a|b", " a", false},  {"{m_x}=a|b", "ab", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.condition, c.value);
        CHECK(base::MacroCondition::parse(c.condition)->holds(c.value) == c.holds);
    }
}
