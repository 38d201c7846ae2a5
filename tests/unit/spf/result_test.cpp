#include "spf/result.h"

#include "support/catch.h"

TEST_CASE("SPF results and identities print as the RFC writes them") {
    using spf::Result;
    CHECK(print(Result::none) == "none");
    CHECK(print(Result::neutral) == "neutral");
    CHECK(print(Result::pass) == "pass");
    CHECK(print(Result::fail) == "fail");
    CHECK(print(Result::softfail) == "softfail");
    CHECK(print(Result::temperror) == "temperror");
    CHECK(print(Result::permerror) == "permerror");
    CHECK(print(spf::Identity::helo) == "helo");
    CHECK(print(spf::Identity::mail_from) == "mailfrom");
}
