#include "base/percent.h"

#include "support/catch.h"

#include <string>

TEST_CASE("percent-encoding") {
    CHECK(base::percent_decode("") == "");
    CHECK(base::percent_decode("a+b") == "a+b");
    CHECK(base::percent_decode("%41%7e%7E") == "A~~");
    CHECK(base::percent_decode("%2525") == "%25");
    CHECK(base::percent_decode("a%00b") == std::string("a\0b", 3));
    CHECK(base::percent_decode("%ff") == "\xff");
    for (const char* broken : {"%", "a%", "%4", "%4g", "%g4", "%%41", "% 41"}) {
        CAPTURE(broken);
        CHECK_FALSE(base::percent_decode(broken));
    }
}
