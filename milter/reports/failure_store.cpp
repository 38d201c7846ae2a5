#include "milter/reports/failure_store.h"

#include "report/aggregate.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace milter::reports {

namespace {

constexpr std::string_view columns = "f.id, f.domain, f.addresses, f.content, f.messages, f.seen, "
                                     "coalesce(d.first_day, 0) FROM paraph_report_failure f LEFT JOIN "
                                     "paraph_report_domain d ON f.domain = d.domain";

StoredFailure failure_of(const Cells& row) {
    return {.report = {.id = row.text(0),
                       .domain = row.text(1),
                       .addresses = row.text(2),
                       .content = row.text(3),
                       .seen = row.number(5)},
            .messages = row.number(4),
            .first_day = row.number(6)};
}

Stored<void> done_of(const Stored<Table>& result) {
    return result ? Stored<void>() : base::refuse(result.error());
}

// A batch in one order of rows, so that two daemons do not wait for each other.
class Writing {
  public:
    Writing(Database& database, const FailureBatch& batch, const FailureOrigin& origin)
        : database_(database), batch_(batch), origin_(origin) {}

    Stored<void> operator()() {
        for (const auto step :
             {&Writing::write_domains, &Writing::write_reports, &Writing::write_incidents, &Writing::count}) {
            if (auto done = (this->*step)(); !done) {
                return done;
            }
        }
        return {};
    }

  private:
    Stored<void> write_domains() {
        std::map<std::string, std::int64_t> days;
        for (const FailureReport& one : batch_.reports) {
            days.emplace(one.domain, report::day_of(one.seen));
        }
        for (const auto& [domain, day] : days) {
            const auto done = database_.run(
                "INSERT INTO paraph_report_domain (domain, first_day, last_day) VALUES ($1, $2, $3) ON "
                "CONFLICT (domain) DO UPDATE SET last_day = excluded.last_day WHERE "
                "paraph_report_domain.last_day < excluded.last_day",
                {Value(domain), Value(day), Value(day)});
            if (!done) {
                return base::refuse(done.error());
            }
        }
        return {};
    }

    Stored<void> write_reports() {
        for (const FailureReport& one : batch_.reports) {
            const auto done = database_.run(
                "INSERT INTO paraph_report_failure (id, domain, addresses, content, messages, seen, planned) "
                "VALUES ($1, $2, $3, $4, 1, $5, 0) ON CONFLICT (id) DO NOTHING",
                {Value(one.id), Value(one.domain), Value(one.addresses), Value(Bytes{one.content}),
                 Value(one.seen)});
            if (!done) {
                return base::refuse(done.error());
            }
            written_ += static_cast<std::int64_t>(done->changed);
        }
        return {};
    }

    // Nothing where it was sent already: then there is nobody to tell.
    Stored<void> write_incidents() {
        for (const auto& [id, messages] : batch_.incidents) {
            const auto done =
                database_.run("UPDATE paraph_report_failure SET messages = $1 WHERE id = $2 AND "
                              "messages < $3 AND planned = 0",
                              {Value(messages), Value(id), Value(messages)});
            if (!done) {
                return base::refuse(done.error());
            }
        }
        return {};
    }

    Stored<void> count() {
        const std::int64_t not_made = batch_.limited + batch_.dropped;
        if (written_ == 0 && not_made == 0) {
            return {};
        }
        return done_of(database_.run(
            "INSERT INTO paraph_report_daemon (instance, host, flush, flushed, messages, less_detail, "
            "dropped, failures, failures_dropped) VALUES ($1, $2, 0, $3, 0, 0, 0, $4, $5) ON CONFLICT "
            "(instance) DO UPDATE SET flushed = excluded.flushed, failures = paraph_report_daemon.failures + "
            "excluded.failures, failures_dropped = paraph_report_daemon.failures_dropped + "
            "excluded.failures_dropped",
            {Value(origin_.instance), Value(origin_.host), Value(origin_.at), Value(written_),
             Value(not_made)}));
    }

    Database& database_;
    const FailureBatch& batch_;
    const FailureOrigin& origin_;
    std::int64_t written_ = 0;
};

} // namespace

Stored<void> store_failures(Database& database, const FailureBatch& batch, const FailureOrigin& origin) {
    return database.transaction([&] { return Writing(database, batch, origin)(); });
}

Stored<std::vector<StoredFailure>>
read_failures(Database& database, const std::optional<StoredFailure>& after, std::size_t most) {
    const auto seen = after ? after->report.seen : -1;
    const auto table = database.run(
        "SELECT " + std::string(columns) +
            " WHERE f.planned = 0 AND (f.seen, f.id) > ($1, $2) ORDER BY f.seen, f.id LIMIT $3" +
            (database.dialect() == Dialect::sqlite ? "" : " FOR UPDATE OF f SKIP LOCKED"),
        {Value(seen), Value(after ? after->report.id : ""), Value(static_cast<std::int64_t>(most))});
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<StoredFailure> all;
    std::transform(table->rows.begin(), table->rows.end(), std::back_inserter(all), failure_of);
    return all;
}

Stored<std::optional<StoredFailure>> find_failure(Database& database, const std::string& id) {
    const auto table = database.run("SELECT " + std::string(columns) + " WHERE f.id = $1", {Value(id)});
    if (!table) {
        return base::refuse(table.error());
    }
    return table->rows.empty() ? std::optional<StoredFailure>() : failure_of(table->rows.front());
}

Stored<void> mark_failure_planned(Database& database, const std::string& id) {
    return done_of(database.run("UPDATE paraph_report_failure SET planned = 1 WHERE id = $1", {Value(id)}));
}

Stored<void> remove_failure(Database& database, const std::string& id) {
    return done_of(database.run("DELETE FROM paraph_report_failure WHERE id = $1", {Value(id)}));
}

Stored<void> expire_failures(Database& database, base::UnixTime before) {
    return done_of(database.run("DELETE FROM paraph_report_failure WHERE seen < $1", {Value(before)}));
}

} // namespace milter::reports
