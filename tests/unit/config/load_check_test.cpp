#include "config/load.h"

#include "support/catch.h"

#include <algorithm>
#include <string>

namespace {

// Whether an error of this place and with these words is found.
bool is_refused(const std::string& yaml, const std::string& place, const std::string& words) {
    const auto loaded = config::load_text(yaml, "p.yaml");
    return !loaded.settings &&
           std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const auto& diagnostic) {
               const auto line = print(diagnostic);
               return line.starts_with("p.yaml:" + place) && line.find(words) != std::string::npos;
           });
}

} // namespace

TEST_CASE("an id that could not be written whole is refused") {
    const std::string longest(255, 'a');
    CHECK(config::load_text("authserv_id: " + longest + "\n", "p.yaml").settings);
    CHECK(is_refused("authserv_id: " + longest + "a\n", "1:14", "255 characters"));
    CHECK(is_refused("strip_authserv_ids: [" + longest + "a]\n", "1:22", "255 characters"));
}

TEST_CASE("a header that never fits into memory is no header to allow") {
    CHECK(is_refused("limits: {headers_in_memory: 1M, header_bytes: 64M}\n",
                     "1:", "'limits.header_bytes' is above 'limits.headers_in_memory'"));
}

TEST_CASE("signatures of ours do not swear that there is no other") {
    CHECK(is_refused("signing: {oversigned_fields: [From, dkim-signature]}\n", "1:", "cannot be oversigned"));
    CHECK(is_refused("signing: {oversigned_if_present: [DKIM-Signature]}\n", "1:", "cannot be oversigned"));
}
