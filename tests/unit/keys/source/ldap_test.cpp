#include "keys/source/ldap.h"

#include "support/catch.h"

#include <string>

using keys::source::fill_base;
using keys::source::fill_filter;

TEST_CASE("a name in an LDAP query is a value and nothing else") {
    struct Case {
        std::string_view text;
        std::string name;
        std::string filled;
    };
    const Case cases[]{
        {"(mail=$d)", "ann@example.org", "(mail=ann@example.org)"},
        {"(mail=$d)", "*", "(mail=\\2a)"},
        {"(mail=$d)", "a)(uid=*", "(mail=a\\29\\28uid\\3d\\2a)"},
        {"(mail=$d)", "a\\2a", "(mail=a\\5c2a)"},
        {"(mail=$d)", "m\xc3\xbcller", "(mail=m\\c3\\bcller)"},
        {"(mail=$d)", "$d", "(mail=\\24d)"},
        {"(|(mail=$d)(mail=$d))", "a", "(|(mail=a)(mail=a))"},
        {"($x=$)", "a", "($x=$)"},
        {"ou=mail,$D", "example.org", "ou=mail,dc=example,dc=org"},
        {"$D", ".example.org", "dc=example,dc=org"},
        {"cn=$d,ou=x", "a,ou=y", "cn=a\\2cou\\3dy,ou=x"},
        {"$D", "a,dc=b.org", "dc=a\\2cdc\\3db,dc=org"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(fill_filter(c.text, c.name) == c.filled);
        CHECK(fill_base(c.text, c.name) == c.filled);
    }
}
