#include "report/parts.h"

#include "support/catch.h"

TEST_CASE("rows fall into parts by number and by size") {
    report::PartCounter by_number({.records = 2, .octets = 1000});
    CHECK(by_number.part_of(1) == 0);
    CHECK(by_number.part_of(1) == 0);
    CHECK(by_number.part_of(1) == 1);
    CHECK(by_number.parts() == 2);
    report::PartCounter by_size({.records = 100, .octets = 1000});
    CHECK(by_size.part_of(600) == 0);
    CHECK(by_size.part_of(400) == 0);
    CHECK(by_size.part_of(1) == 1);
    CHECK(by_size.part_of(5000) == 2); // more than fits: alone
    CHECK(by_size.part_of(1) == 3);
}

TEST_CASE("the parts of a day are the day, without a gap and without overlap") {
    const report::Period day{1793664000, 1793750399};
    CHECK(period_of_part(day, 0, 1) == day);
    for (const std::size_t parts : {2U, 3U, 7U, 1000U}) {
        base::UnixTime next = day.begin;
        for (std::size_t part = 0; part < parts; ++part) {
            const report::Period period = period_of_part(day, part, parts);
            CHECK(period.begin == next);
            CHECK(period.end >= period.begin);
            next = period.end + 1;
        }
        CHECK(next == day.end + 1);
    }
}

TEST_CASE("there are no more parts than seconds, and at least one") {
    const report::Period day{1793664000, 1793750399};
    CHECK(period_of_part(day, 0, 0) == day);
    CHECK(report::period_of_part({0, 2}, 0, 5) == report::Period{0, 0});
    CHECK(report::period_of_part({0, 2}, 4, 5) == report::Period{2, 2});
    CHECK(report::period_of_part({5, 5}, 0, 1) == report::Period{5, 5});
    CHECK(report::period_of_part({5, 4}, 0, 3) == report::Period{5, 5});
    report::PartCounter counter({.records = 1, .parts = 3});
    for (const std::size_t expected : {0U, 1U, 2U, 2U, 2U}) {
        CHECK(counter.part_of(1) == expected);
    }
    CHECK(counter.parts() == 3);
}
