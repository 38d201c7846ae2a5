#include "milter/runtime/mta_names.h"

#include "support/catch.h"

TEST_CASE("each name that a mail server gives itself is remembered once") {
    milter::runtime::MtaNames names;
    CHECK(names.all()->empty());
    for (const char* const name :
         {"mx.example.org", "", "MX.Example.org.", "bad name;", "a..b", "mx1.example.org"}) {
        names.add(name);
    }
    CHECK(*names.all() == milter::runtime::MtaNames::List{"mx.example.org", "mx1.example.org"});
}

TEST_CASE("names beyond a number are not remembered, and the first ones stay") {
    milter::runtime::MtaNames names;
    for (std::size_t i = 0; i < 2 * milter::runtime::MtaNames::most; ++i) {
        names.add("mx" + std::to_string(i) + ".example.org");
    }
    CHECK(names.all()->size() == milter::runtime::MtaNames::most);
    CHECK(names.all()->front() == "mx0.example.org");
}

TEST_CASE("a list that was taken does not change under its reader") {
    milter::runtime::MtaNames names;
    const auto before = names.all();
    names.add("mx.example.org");
    CHECK(before->empty());
}
