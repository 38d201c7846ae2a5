#include "base/time_format.h"

#include "support/catch.h"

TEST_CASE("times are printed as RFC 3339 has them", "[base][rfc3339-5.6]") {
    CHECK(base::format_rfc3339(0) == "1970-01-01T00:00:00Z");
    CHECK(base::format_rfc3339(951'782'399) == "2000-02-28T23:59:59Z");
    CHECK(base::format_rfc3339(951'782'400) == "2000-02-29T00:00:00Z");
    CHECK(base::format_rfc3339(-1) == "1969-12-31T23:59:59Z");
    CHECK(base::format_rfc3339(4'294'967'296) == "2106-02-07T06:28:16Z");
}
