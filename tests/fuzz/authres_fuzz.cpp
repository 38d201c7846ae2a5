// Authentication-Results: reading anything, and writing anything so that it reads back.
#include "authres/claims.h"
#include "authres/format.h"
#include "authres/parse.h"
#include "base/ascii.h"
#include "fuzz/property.h"
#include "fuzz/written.h"

#include <algorithm>

namespace {

constexpr std::string_view our_id = "mx.example.org";

// What the configuration admits: no blanks, and a letter or a digit somewhere.
bool may_be_ours(std::string_view id) {
    return authres::is_authserv_id(id) && id.find(' ') == std::string_view::npos &&
           std::any_of(id.begin(), id.end(), base::is_alnum);
}

// A field that is in our name for whoever follows the grammar must be found by those who remove forgeries.
void read(std::string_view input) {
    authres::OwnIds own({std::string(our_id)});
    const bool ours = authres::claims(input, own);
    (void)authres::has_unknown_version(input);
    if (const auto field = authres::parse(input)) {
        fuzz::require(ours || field->authserv_id != our_id, "a field in our name is found");
        const auto text = authres::format(field->authserv_id, field->results);
        if (may_be_ours(field->authserv_id)) {
            fuzz::require_our_results(field->authserv_id, text, authres::parse(text)->results);
        }
    }
}

void write(const std::string& hostile) {
    const std::vector<authres::MethodResult> results{
        {.method = "dkim",
         .result = "fail",
         .reason = hostile,
         .comments = {hostile},
         .properties = {{"header", "d", hostile}, {"smtp", "mailfrom", hostile}}},
        {.method = "spf", .result = "pass", .reason = {}, .comments = {hostile, hostile}, .properties = {}}};
    fuzz::require_our_results(our_id, authres::format(our_id, results), results);
    if (may_be_ours(hostile)) {
        fuzz::require_our_results(hostile, authres::format(hostile, results), results);
    }
}

void run(std::string_view input) {
    read(input);
    write(std::string(input));
}

const fuzz::Target target("authres", run);

} // namespace
