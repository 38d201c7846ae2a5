#include "keys/text_index.h"

#include "support/catch.h"

#include <string>
#include <vector>

TEST_CASE("an empty text index knows nothing") {
    const keys::TextIndex index;
    CHECK(index.find("") == nullptr);
    CHECK(index.find("a") == nullptr);
}

TEST_CASE("a text keeps its first number until that is changed") {
    keys::TextIndex index;
    CHECK(index.add("a", 1).is_new);
    const auto again = index.add("a", 2);
    CHECK_FALSE(again.is_new);
    CHECK(again.number == 1);
    again.number = 3;
    REQUIRE(index.find("a") != nullptr);
    CHECK(*index.find("a") == 3);
}

TEST_CASE("a text index finds what was added, however often it grew, and nothing else") {
    std::vector<std::string> texts{""};
    for (int i = 0; i < 5000; ++i) {
        texts.push_back("d" + std::to_string(i) + ".example");
    }
    keys::TextIndex index;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        INFO(i);
        REQUIRE(index.add(texts[i], static_cast<keys::TextIndex::Number>(i)).is_new);
        REQUIRE(index.find(texts[i]) != nullptr);
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        INFO(texts[i]);
        const auto* found = index.find(std::string(texts[i])); // another place, the same text
        REQUIRE(found != nullptr);
        CHECK(*found == i);
        CHECK(index.find(texts[i] + "x") == nullptr);
    }
}
