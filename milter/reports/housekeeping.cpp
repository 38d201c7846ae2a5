#include "milter/reports/housekeeping.h"

#include <string>

namespace milter::reports {

namespace {

Stored<void> run(Database& database, const std::string& statement, std::int64_t value) {
    const auto done = database.run(statement, {Value(value)});
    return done ? Stored<void>() : base::refuse(done.error());
}

// The first `most` rows of a table that are older, until there are none.
Stored<void> take_out(Database& database, const std::string& table, const std::string& key, report::Day day) {
    const std::string statement = "DELETE FROM " + table + " WHERE (" + key + ") IN (SELECT " + key +
                                  " FROM " + table + " WHERE day < $1 ORDER BY " + key + " LIMIT 5000)";
    while (true) {
        const auto done = database.run(statement, {Value(std::int64_t{day})});
        if (!done) {
            return base::refuse(done.error());
        }
        if (done->changed == 0) {
            return {};
        }
    }
}

// A policy goes before its rows: who looks at it meanwhile finds all of its rows or nothing.
Stored<void> take_out_days(Database& database, report::Day first_kept) {
    auto done = take_out(database, "paraph_report_policy", "day, policy, part", first_kept);
    return done ? take_out(database, "paraph_report_row", "day, policy, part, row_key", first_kept) : done;
}

} // namespace

Stored<void> expire(Database& database, report::Day first_kept) {
    auto done = take_out_days(database, first_kept);
    if (done) {
        done = run(database, "DELETE FROM paraph_report_domain WHERE last_day < $1",
                   first_kept - days_of_domains);
    }
    return done ? run(database, "DELETE FROM paraph_report_daemon WHERE flushed < $1",
                      report::begin_of(first_kept))
                : done;
}

Stored<bool> make_room(Database& database, std::uint64_t most, report::Day today) {
    if (most == 0) {
        return false;
    }
    while (true) {
        const auto size = database.size();
        if (!size) {
            return base::refuse(size.error());
        }
        if (*size <= most) {
            return false;
        }
        const auto oldest = database.run("SELECT coalesce(min(day), $1) FROM paraph_report_row",
                                         {Value(std::int64_t{today})});
        if (!oldest) {
            return base::refuse(oldest.error());
        }
        const auto day = static_cast<report::Day>(oldest->rows.at(0).number(0));
        if (day >= today - 1) {
            return true;
        }
        if (auto done = take_out_days(database, day + 1); !done) {
            return base::refuse(done.error());
        }
    }
}

} // namespace milter::reports
