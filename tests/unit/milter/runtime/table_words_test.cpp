// The words before the colon of a table: what the configuration lets through, the sources know, and the other
// way round.
#include "config/table_prefix.h"
#include "keys/source/open.h"
#include "keys/table_file.h"
#include "support/catch.h"

#include <algorithm>

using config::TableForm;

TEST_CASE("a word that the configuration knows is one of a file or of a source") {
    for (const std::string_view prefix : config::table_prefixes()) {
        INFO(prefix);
        REQUIRE(prefix.ends_with(':'));
        const std::string_view word = prefix.substr(0, prefix.size() - 1);
        const auto form = config::table_form(prefix, "name");
        const bool is_source = form == TableForm::source || form == TableForm::database;
        CHECK(keys::source::kind_of(word).has_value() == is_source);
        CHECK(keys::parse_table_name(std::string(prefix) + "name").has_value() == !is_source);
    }
}

TEST_CASE("a word that the sources know is one that the configuration knows") {
    const auto words = keys::source::kind_words();
    CHECK(words.size() > 5);
    for (const std::string_view word : words) {
        INFO(word);
        const std::string prefix = std::string(word) + ":";
        for (const auto* prefixes : {&config::table_prefixes(), &config::list_prefixes()}) {
            CHECK(std::find(prefixes->begin(), prefixes->end(), prefix) != prefixes->end());
        }
    }
}
