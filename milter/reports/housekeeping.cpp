#include "milter/reports/housekeeping.h"

#include "milter/reports/failure_store.h"

#include <string>
#include <utility>

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

// What was planned of days that are gone and has its end. What waits for one is the business of who sends.
Stored<void> take_out_closed(Database& database, report::Day first_kept) {
    auto done =
        run(database,
            "DELETE FROM paraph_report_delivery WHERE report IN (SELECT id FROM paraph_report_planned "
            "WHERE state = 'closed' AND day < $1)",
            first_kept);
    return done ? run(database, "DELETE FROM paraph_report_planned WHERE state = 'closed' AND day < $1",
                      first_kept)
                : done;
}

// Those that end by themselves and did so before `ended`.
Stored<void> take_out_lapsed(Database& database, base::UnixTime ended) {
    return run(database, "DELETE FROM paraph_report_suppressed WHERE until <> 0 AND until < $1", ended);
}

// Of everything that has a day.
Stored<void> take_out_all(Database& database, report::Day first_kept) {
    auto done = take_out_days(database, first_kept);
    if (done) {
        done = take_out_closed(database, first_kept);
    }
    if (done) {
        done = expire_failures(database, report::begin_of(first_kept));
    }
    return done ? run(database, "DELETE FROM paraph_report_domain WHERE last_day < $1", first_kept) : done;
}

constexpr const char* oldest_day =
    "SELECT min(day) FROM (SELECT CAST($1 AS bigint) AS day UNION ALL SELECT min(day) FROM paraph_report_row "
    "UNION ALL SELECT min(last_day) FROM paraph_report_domain "
    "UNION ALL SELECT min(seen) / 86400 FROM paraph_report_failure "
    "UNION ALL SELECT min(day) FROM paraph_report_planned WHERE state = 'closed') AS days";

} // namespace

Stored<void> expire(Database& database, report::Day first_kept) {
    auto done = take_out_days(database, first_kept);
    if (done) {
        done = run(database, "DELETE FROM paraph_report_domain WHERE last_day < $1",
                   first_kept - days_of_domains);
    }
    if (done) {
        done = take_out_lapsed(database, report::begin_of(first_kept - days_of_suppressions));
    }
    return done ? run(database, "DELETE FROM paraph_report_daemon WHERE flushed < $1",
                      report::begin_of(first_kept))
                : done;
}

Stored<bool> make_room(Database& database, std::uint64_t most, report::Day today) {
    if (most == 0) {
        return false;
    }
    bool has_lapsed = true;
    while (true) {
        const auto size = database.size();
        if (!size) {
            return base::refuse(size.error());
        }
        if (*size <= most) {
            return false;
        }
        if (std::exchange(has_lapsed, false)) {
            if (auto done = take_out_lapsed(database, report::begin_of(today)); !done) {
                return base::refuse(done.error());
            }
            continue;
        }
        const auto oldest = database.run(oldest_day, {Value(std::int64_t{today})});
        if (!oldest) {
            return base::refuse(oldest.error());
        }
        const auto day = static_cast<report::Day>(oldest->rows.at(0).number(0));
        if (day >= today - 1) {
            return true;
        }
        if (auto done = take_out_all(database, day + 1); !done) {
            return base::refuse(done.error());
        }
    }
}

} // namespace milter::reports
