#include "milter/mta_names.h"

#include "support/catch.h"

TEST_CASE("each name that a mail server gives itself is remembered once") {
    milter::MtaNames names;
    CHECK(names.all()->empty());
    for (const char* const name :
         {"mx.example.org", "", "MX.Example.org.", "bad name;", "a..b", "mx1.example.org"}) {
        names.add(name);
    }
    CHECK(*names.all() == milter::MtaNames::List{"mx.example.org", "mx1.example.org"});
}

TEST_CASE("names beyond a number are not remembered, and the first ones stay") {
    milter::MtaNames names;
    for (std::size_t i = 0; i < 2 * milter::MtaNames::most; ++i) {
        names.add("mx" + std::to_string(i) + ".example.org");
    }
    CHECK(names.all()->size() == milter::MtaNames::most);
    CHECK(names.all()->front() == "mx0.example.org");
}

TEST_CASE("a list that was taken does not change under its reader") {
    milter::MtaNames names;
    const auto before = names.all();
    names.add("mx.example.org");
    CHECK(before->empty());
}
