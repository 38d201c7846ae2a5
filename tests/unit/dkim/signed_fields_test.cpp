#include "base/ascii.h"
#include "dkim/sign.h"
#include "support/catch.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

namespace {

using Rows = std::map<std::string, std::string>; // how a field is signed, by its name in lower case

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Rows rows_of_the_guide() {
    std::ifstream file(PARAPH_SOURCE_DIR "/docs/guide/signed-fields.md");
    static const std::regex row(R"(\| ([A-Za-z-]+) \| (always|if present|as it is|no) \| .+ \|)");
    Rows rows;
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
        if (std::regex_match(line, match, row)) {
            CAPTURE(line);
            CHECK(rows.emplace(base::to_lower(match[1].str()), match[2].str()).second);
        }
    }
    return rows;
}

Rows rows_of_the_defaults() {
    Rows rows;
    for (const auto& name : dkim::default_signed_fields()) {
        rows[name] = holds(dkim::default_oversigned_if_present(), name) ? "if present" : "as it is";
    }
    for (const auto& name : dkim::default_oversigned_fields()) {
        rows[name] = "always";
    }
    return rows;
}

} // namespace

TEST_CASE("the guide and the built-in lists say the same of every field") {
    auto told = rows_of_the_guide();
    const auto defaults = rows_of_the_defaults();
    REQUIRE(told.size() > defaults.size()); // it also tells what is not signed
    for (auto row = told.begin(); row != told.end();) {
        row = row->second == "no" ? told.erase(row) : std::next(row);
    }
    CHECK(told == defaults);
}

TEST_CASE("the built-in lists do not contradict each other") {
    const auto& always = dkim::default_oversigned_fields();
    for (const auto& name : dkim::default_oversigned_if_present()) {
        CAPTURE(name);
        CHECK(holds(dkim::default_signed_fields(), name));
        CHECK_FALSE(holds(always, name));
    }
    // Sendmail adds these after its filters have seen the message, where they are missing.
    for (const auto* const name : {"date", "message-id", "resent-date", "resent-from", "resent-message-id"}) {
        CHECK_FALSE(holds(always, name));
    }
}
