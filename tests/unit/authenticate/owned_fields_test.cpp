#include "authenticate/owned_fields.h"

#include "support/catch.h"

#include <string_view>
#include <utility>
#include <vector>

namespace {

message::HeaderList header_of(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
    message::HeaderList headers;
    for (const auto& [name, body] : fields) {
        headers.add(message::HeaderField(name, body));
    }
    return headers;
}

const authenticate::Ownership ours{{"mx.example.org"}, "X-Hold"};

} // namespace

TEST_CASE("every mark and each result under an id of ours is foreign") {
    const auto headers = header_of({{"X-Hold", " no-from"},
                                    {"Authentication-Results", " mx.example.org; dmarc=pass"},
                                    {"Authentication-Results", " mx.elsewhere.test; dmarc=pass"},
                                    {"x-hold", " spam"},
                                    {"Authentication-Results", " MX.example.org; spf=pass"},
                                    {"X-Held", " no"}});
    const auto foreign = authenticate::find_foreign_fields(headers, ours, {});
    // The highest of a name first, so that none is renumbered.
    const std::vector<authres::FieldPlace> expected{
        {"X-Hold", 2}, {"X-Hold", 1}, {"Authentication-Results", 3}, {"Authentication-Results", 1}};
    CHECK(foreign.places == expected);
    CHECK(foreign.results == 2);
}

TEST_CASE("results that are ours indeed stay, and marks where they are not ours to remove") {
    const auto headers = header_of({{"X-Hold", " no-from"},
                                    {"Authentication-Results", " mx.example.org; dmarc=fail"},
                                    {"Authentication-Results", " mx.example.org; dmarc=pass"}});
    const auto foreign = authenticate::find_foreign_fields(headers, {ours.authserv_ids, ""}, {1});
    CHECK(foreign.places == std::vector<authres::FieldPlace>{{"Authentication-Results", 2}});
    CHECK(foreign.results == 1);
}

TEST_CASE("what hides a result behind a stray line break is removed, once") {
    const auto headers = header_of({{"X-Hold", " a\rAuthentication-Results: mx.example.org; dmarc=pass"},
                                    {"X-Other", " a\rAuthentication-Results: mx.example.org; dmarc=pass"}});
    const auto foreign = authenticate::find_foreign_fields(headers, ours, {});
    CHECK(foreign.places == std::vector<authres::FieldPlace>{{"X-Hold", 1}, {"X-Other", 1}});
    CHECK(foreign.results == 1);
    const auto in_own_mail = authenticate::find_foreign_fields(headers, {ours.authserv_ids, ""}, {});
    CHECK(in_own_mail.results == 2);
}
