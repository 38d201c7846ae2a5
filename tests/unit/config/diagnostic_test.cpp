#include "config/diagnostic.h"

#include "support/catch.h"

TEST_CASE("a diagnostic is one line that editors understand") {
    using config::Severity;
    CHECK(config::print({Severity::error, "a.yaml", 3, 7, "unknown setting 'x'", "did you mean 'y'?"}) ==
          "a.yaml:3:7: error: unknown setting 'x' (did you mean 'y'?)");
    CHECK(config::print({Severity::warning, "a.yaml", 3, 7, "strange", ""}) ==
          "a.yaml:3:7: warning: strange");
    CHECK(config::print({Severity::error, "a.yaml", 0, 0, "missing", ""}) == "a.yaml: error: missing");
}
