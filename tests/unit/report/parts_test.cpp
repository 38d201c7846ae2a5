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
