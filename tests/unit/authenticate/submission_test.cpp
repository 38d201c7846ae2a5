#include "authenticate/submission.h"

#include "authres/format.h"
#include "support/catch.h"

TEST_CASE("who logged in, as a result") {
    struct Case {
        const char* says;
        std::string login;
        const char* mechanism;
        const char* written; // nullptr: nothing
    };
    const Case cases[] = {
        {"a name", "ann", "PLAIN", "auth=pass (plain) smtp.auth=ann"},
        {"an address", "ann@example.org", "LOGIN", "auth=pass (login) smtp.auth=ann@example.org"},
        {"without a mechanism", "ann", "", "auth=pass smtp.auth=ann"},
        {"a mechanism that is none", "ann", "a) (b", "auth=pass smtp.auth=ann"},
        {"blanks and quotes", "a \"b\"", "PLAIN", "auth=pass (plain) smtp.auth=\"a \\\"b\\\"\""},
        {"nobody", "", "PLAIN", nullptr},
        {"blanks alone", " \t", "PLAIN", nullptr},
        {"another line", "a\r\nX: y", "PLAIN", nullptr},
        {"other than ASCII", "\xc3\xa4", "PLAIN", nullptr},
        {"another result", "x; dmarc=pass", "PLAIN", nullptr},
        {"too long to be shown whole", std::string(authres::max_value + 1, 'a'), "PLAIN", nullptr},
    };
    for (const Case& c : cases) {
        INFO(c.says);
        const auto result = authenticate::submission_result(c.login, c.mechanism);
        REQUIRE(result.has_value() == (c.written != nullptr));
        if (result) {
            CHECK(authres::format("id", {*result}) == std::string("id;\r\n\t") + c.written);
        }
    }
}
