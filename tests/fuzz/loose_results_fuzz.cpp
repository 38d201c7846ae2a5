// Authentication-Results of other programs: whatever the strict reader takes is read the same way.
#include "base/ascii.h"
#include "fuzz/property.h"
#include "milter/tool/compare/loose_results.h"

#include <algorithm>
#include <string_view>

namespace {

void check_same(const authres::Field& strict, const authres::Field& loose) {
    for (const auto& result : strict.results) {
        const auto same = [&](const authres::MethodResult& one) {
            return base::iequals(one.method, result.method) && base::iequals(one.result, result.result);
        };
        fuzz::require(std::ranges::any_of(loose.results, same),
                      "a result that is written by the grammar is read");
    }
}

bool is_tight(
    std::string_view text) { // blanks and comments around signs, versions and escapes are not read here
    return text.find_first_of("/()\\\"") == std::string_view::npos &&
           text.find(" =") == std::string_view::npos && text.find("= ") == std::string_view::npos &&
           text.find(". ") == std::string_view::npos && text.find(" .") == std::string_view::npos &&
           text.find_first_of("\t\r\n") == std::string_view::npos;
}

void run(std::string_view input) {
    const auto loose = milter::tool::compare::read_loosely(input);
    const auto strict = authres::parse(input);
    if (strict && is_tight(input) && input.find('=') > input.find(';')) {
        fuzz::require(loose.has_value(), "what follows the grammar is read");
        check_same(*strict, *loose);
    }
    if (loose) {
        std::size_t all = loose->authserv_id.size();
        for (const auto& one : loose->results) {
            all += one.method.size() + one.result.size() + one.reason.size();
        }
        fuzz::require(all <= input.size() && loose->results.size() <= 200, "nothing is made up");
    }
}

const fuzz::Target target("loose_results", run);

} // namespace
