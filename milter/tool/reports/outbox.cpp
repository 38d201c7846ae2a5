#include "milter/tool/reports/outbox.h"

#include "crypto/mac.h"
#include "milter/reports/columns.h"
#include "milter/reports/failure_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace milter::tool::reports {

using milter::reports::Bytes;
using milter::reports::bytes_of;
using milter::reports::Cells;
using milter::reports::Dialect;
using milter::reports::key_of_column;
using milter::reports::Part;
using milter::reports::Value;

namespace {

constexpr std::string_view report_columns =
    "id, day, policy, part, domain, begins, ends, piece, pieces, state, next_try, size, kind";

constexpr const char* print(::report::ReportKind kind) {
    return kind == ::report::ReportKind::failure ? "failure" : "aggregate";
}

// One after the other, for in each of them an index leads to what is due first. What was tried before comes
// first: there are only so many of these.
constexpr std::array<const char*, 2> open_states{"built", "planned"};

PlannedReport report_of(const Cells& row) {
    return {row.text(0),
            {row.number(1), key_of_column(row.text(2)), row.number(3)},
            row.text(4),
            {row.number(5), row.number(6)},
            row.number(7),
            row.number(8),
            row.text(9),
            row.number(10),
            row.number(11),
            row.text(12) == print(::report::ReportKind::failure) ? ::report::ReportKind::failure
                                                                 : ::report::ReportKind::aggregate};
}

// The id is random in all of its bits, and a column has a sign.
std::int64_t column_of(DeliveryId id) {
    return static_cast<std::int64_t>(id);
}

DeliveryId new_delivery_id() {
    DeliveryId id = 0;
    for (const std::uint8_t octet : crypto::random_octets<sizeof(id)>()) {
        id = (id << 8U) | octet;
    }
    return id;
}

Delivery delivery_of(const Cells& row) {
    return {static_cast<DeliveryId>(row.number(0)),
            row.text(1),
            row.text(2),
            read_delivery_state(row.text(3)),
            static_cast<int>(row.number(4)),
            row.number(5),
            row.number(6),
            row.text(7)};
}

Suppression suppression_of(const Cells& row) {
    return {read_suppress_by(row.text(0)).value_or(SuppressBy::address), row.text(1), row.number(2),
            row.text(3), static_cast<int>(row.number(4))};
}

// What a selection adds to a WHERE, and its values.
std::string wanted_rows(const Selection& wanted, std::vector<Value>& values) {
    std::string text;
    if (wanted.domain) {
        values.emplace_back(*wanted.domain);
        text += fmt::format(" AND domain = ${}", values.size());
    }
    if (wanted.day) {
        values.emplace_back(*wanted.day);
        text += fmt::format(" AND day = ${}", values.size());
    }
    return text;
}

template <class T>
Stored<void> done_of(const Stored<T>& result) {
    return result ? Stored<void>() : base::refuse(result.error());
}

} // namespace

Stored<bool> Outbox::plan(const std::vector<PlannedReport>& pieces, const std::vector<std::string>& addresses,
                          base::UnixTime now) {
    const Part& part = pieces.front().part;
    const auto mine = database_.run(
        fmt::format("SELECT day FROM paraph_report_policy WHERE day = $1 AND policy = $2 AND part = $3 AND "
                    "planned = 0{}",
                    database_.skip_locked()),
        {Value(part.day), Value(bytes_of(part.policy)), Value(part.part)});
    if (!mine || mine->rows.empty()) {
        return mine ? Stored<bool>(false) : base::refuse(mine.error());
    }
    for (const PlannedReport& piece : pieces) {
        if (auto added = add(piece, addresses, now); !added) {
            return base::refuse(added.error());
        }
    }
    const auto marked = milter::reports::mark_planned(database_, part);
    return marked ? Stored<bool>(true) : base::refuse(marked.error());
}

Stored<void> Outbox::add(const PlannedReport& report, const std::vector<std::string>& addresses,
                         base::UnixTime now) {
    auto done = database_.run(
        fmt::format("INSERT INTO paraph_report_planned ({}, planned) VALUES ($1, $2, $3, $4, $5, $6, $7, "
                    "$8, $9, 'planned', $10, 0, $11, $12)",
                    report_columns),
        {Value(report.id), Value(report.part.day), Value(bytes_of(report.part.policy)),
         Value(report.part.part), Value(report.domain), Value(report.period.begin), Value(report.period.end),
         Value(report.piece), Value(report.pieces), Value(now), Value(std::string(print(report.kind))),
         Value(now)});
    for (const std::string& address : addresses) {
        if (done) {
            done =
                database_.run("INSERT INTO paraph_report_delivery (id, report, address, state, tries, "
                              "planned, next_try, last_reply) VALUES ($1, $2, $3, 'waiting', 0, $4, $5, '')",
                              {Value(column_of(new_delivery_id())), Value(report.id), Value(address),
                               Value(now), Value(now)});
        }
    }
    return done_of(done);
}

Stored<void> Outbox::plan_failure(const PlannedReport& report, const std::vector<std::string>& addresses,
                                  base::UnixTime now) {
    const auto added = add(report, addresses, now);
    return added ? milter::reports::mark_failure_planned(database_, report.id) : added;
}

Stored<void> Outbox::await_turn() {
    return database_.dialect() == Dialect::sqlite
               ? Stored<void>() // there is one transaction at a time
               : done_of(database_.run("SELECT 1 FROM pg_advisory_xact_lock(1885434475, 1)"));
}

Stored<std::vector<Outbox::PlannedFailure>> Outbox::failures_since(base::UnixTime since) {
    const auto table = database_.run(
        "SELECT p.id, p.domain, p.planned, coalesce(d.address, '') FROM paraph_report_planned p "
        "LEFT JOIN paraph_report_delivery d ON d.report = p.id WHERE p.kind = 'failure' AND "
        "p.planned > $1 ORDER BY p.planned, p.id",
        {Value(since)});
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<PlannedFailure> all;
    std::string last;
    for (const Cells& row : table->rows) { // a row of each address
        if (auto id = row.text(0); id != last) {
            all.push_back({row.text(1), {}, row.number(2)});
            last = std::move(id);
        }
        all.back().addresses.push_back(row.text(3));
    }
    return all;
}

Stored<void> Outbox::pass_over(const Part& part) {
    return done_of(database_.run(
        "UPDATE paraph_report_policy SET planned = 2 WHERE day = $1 AND policy = $2 AND part = $3 AND "
        "planned = 0",
        {Value(part.day), Value(bytes_of(part.policy)), Value(part.part)}));
}

Stored<std::optional<PlannedReport>> Outbox::pick(const Selection& wanted, base::UnixTime now) {
    Database& locks = locks_ == nullptr ? database_ : *locks_;
    const base::UnixTime too_far = now + RetryRules{}.longest.count(); // see is_due
    for (const auto& [which, bound] :
         {std::pair("next_try <= $2", now), std::pair("next_try > $2", too_far)}) {
        for (const char* state : open_states) {
            std::vector<Value> values{Value(std::string(state)), Value(bound)};
            const auto more = wanted_rows(wanted, values);
            const auto table = locks.run(
                fmt::format("SELECT {} FROM paraph_report_planned WHERE state = $1 AND {}{} ORDER BY "
                            "next_try, id LIMIT 1{}",
                            report_columns, which, more, locks_ == nullptr ? "" : locks.skip_locked()),
                values);
            if (!table) {
                return base::refuse(table.error());
            }
            if (!table->rows.empty()) {
                return report_of(table->rows.front());
            }
        }
    }
    return std::optional<PlannedReport>();
}

Stored<void> Outbox::put_back(const PlannedReport& report, const std::optional<base::UnixTime>& next_try) {
    Database& locks = locks_ == nullptr ? database_ : *locks_;
    return done_of(next_try ? locks.run("UPDATE paraph_report_planned SET next_try = $2 WHERE id = $1",
                                        {Value(report.id), Value(*next_try)})
                            : locks.run("UPDATE paraph_report_planned SET state = 'closed' WHERE id = $1",
                                        {Value(report.id)}));
}

Stored<bool> Outbox::with_next(const Selection& wanted, base::UnixTime now, const Work& work) {
    bool found = false;
    const auto all = [&]() -> Stored<void> {
        if (locks_ != nullptr) { // a mail takes its time
            const auto patient =
                locks_->run("SELECT set_config('idle_in_transaction_session_timeout', '0', true)");
            if (!patient) {
                return base::refuse(patient.error());
            }
        }
        const auto report = pick(wanted, now);
        if (!report || !*report) {
            return done_of(report);
        }
        found = true;
        const auto next_try = work(**report);
        return next_try ? put_back(**report, *next_try) : base::refuse(next_try.error());
    };
    const auto done = locks_ == nullptr ? all() : locks_->transaction(all);
    return done ? Stored<bool>(found) : base::refuse(done.error());
}

Stored<std::optional<base::UnixTime>> Outbox::next_due(const Selection& wanted) {
    std::optional<base::UnixTime> first;
    for (const char* state : open_states) {
        std::vector<Value> values{Value(std::string(state))};
        const auto more = wanted_rows(wanted, values);
        const auto table = database_.run(
            fmt::format("SELECT next_try FROM paraph_report_planned WHERE state = $1{} ORDER BY next_try "
                        "LIMIT 1",
                        more),
            values);
        if (!table) {
            return base::refuse(table.error());
        }
        if (!table->rows.empty()) {
            const auto then = table->rows.front().number(0);
            first = std::min(first.value_or(then), then);
        }
    }
    return first;
}

// Of the lock's own connection, for its row is locked to others.
Stored<std::int64_t> Outbox::count_due(const Selection& wanted, base::UnixTime now) {
    std::vector<Value> values{Value(now)};
    const auto which = wanted_rows(wanted, values);
    const auto table = database_.run(
        fmt::format("SELECT count(*) FROM paraph_report_delivery WHERE state = 'waiting' AND next_try <= $1 "
                    "AND report IN (SELECT id FROM paraph_report_planned WHERE state <> 'closed'{})",
                    which),
        values);
    return table ? Stored<std::int64_t>(table->rows.at(0).number(0)) : base::refuse(table.error());
}

Stored<void> Outbox::save_built(const std::string& report, std::int64_t size) {
    Database& locks = locks_ == nullptr ? database_ : *locks_;
    return done_of(locks.run("UPDATE paraph_report_planned SET state = 'built', size = $2 WHERE id = $1",
                             {Value(report), Value(size)}));
}

Stored<std::vector<Delivery>> Outbox::deliveries(const std::string& report) {
    const auto table =
        database_.run("SELECT id, report, address, state, tries, planned, next_try, last_reply FROM "
                      "paraph_report_delivery WHERE report = $1 ORDER BY id",
                      {Value(report)});
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<Delivery> all;
    for (const Cells& row : table->rows) {
        all.push_back(delivery_of(row));
    }
    return all;
}

Stored<std::optional<Delivery>> Outbox::find(DeliveryId id) {
    const auto table =
        database_.run("SELECT id, report, address, state, tries, planned, next_try, last_reply FROM "
                      "paraph_report_delivery WHERE id = $1",
                      {Value(column_of(id))});
    if (!table) {
        return base::refuse(table.error());
    }
    return table->rows.empty() ? std::optional<Delivery>() : delivery_of(table->rows.front());
}

// `next_try` of what went out is when that was.
Stored<void> Outbox::for_each_sent(base::UnixTime since, base::UnixTime now,
                                   const std::function<void(const std::string& address)>& see) {
    auto after = std::numeric_limits<std::int64_t>::min();
    for (;;) {
        constexpr std::int64_t at_once = 2000;
        const auto table = database_.run(
            "SELECT id, address FROM paraph_report_delivery WHERE id > $1 AND state IN ('sent', 'bounced', "
            "'handing_over') AND next_try >= $2 AND next_try <= $3 ORDER BY id LIMIT $4",
            {Value(after), Value(since), Value(now), Value(at_once)});
        if (!table) {
            return base::refuse(table.error());
        }
        if (table->rows.empty()) {
            return {};
        }
        for (const Cells& row : table->rows) {
            see(row.text(1));
        }
        after = table->rows.back().number(0);
    }
}

Stored<bool> Outbox::save(const Delivery& before, const Delivery& delivery) {
    const auto table = database_.run(
        "UPDATE paraph_report_delivery SET state = $1, tries = $2, next_try = $3, last_reply = $4 WHERE id = "
        "$5 AND state = $6 AND tries = $7",
        {Value(std::string(print(delivery.state))), Value(std::int64_t{delivery.tries}),
         Value(delivery.next_try), Value(delivery.last_reply), Value(column_of(delivery.id)),
         Value(std::string(print(before.state))), Value(std::int64_t{before.tries})});
    return table ? Stored<bool>(table->changed == 1) : base::refuse(table.error());
}

Stored<std::optional<::report::Policy>> Outbox::policy_of(const Part& part) {
    const auto table =
        database_.run("SELECT content FROM paraph_report_policy WHERE day = $1 AND policy = $2 AND part = $3",
                      {Value(part.day), Value(bytes_of(part.policy)), Value(part.part)});
    if (!table) {
        return base::refuse(table.error());
    }
    if (table->rows.empty()) {
        return std::optional<::report::Policy>();
    }
    auto policy = ::report::unpack_policy(table->rows.front().text(0));
    return policy ? std::optional(*std::move(policy)) : std::nullopt;
}

Stored<std::optional<Suppression>> Outbox::suppression(SuppressBy by, const std::string& what) {
    const auto table = database_.run("SELECT kind, name, until, comment, bounces FROM "
                                     "paraph_report_suppressed WHERE kind = $1 AND name = $2",
                                     {Value(std::string(print(by))), Value(what)});
    if (!table) {
        return base::refuse(table.error());
    }
    return table->rows.empty() ? std::optional<Suppression>() : suppression_of(table->rows.front());
}

Stored<void> Outbox::suppress(const Suppression& one) {
    return done_of(database_.run(
        "INSERT INTO paraph_report_suppressed (kind, name, until, comment, bounces) VALUES ($1, $2, $3, $4, "
        "$5) ON CONFLICT (kind, name) DO UPDATE SET until = EXCLUDED.until, comment = EXCLUDED.comment, "
        "bounces = EXCLUDED.bounces",
        {Value(std::string(print(one.by))), Value(one.what), Value(one.until), Value(one.comment),
         Value(std::int64_t{one.bounces})}));
}

Stored<bool> Outbox::remove_suppression(SuppressBy by, const std::string& what) {
    const auto table = database_.run("DELETE FROM paraph_report_suppressed WHERE kind = $1 AND name = $2",
                                     {Value(std::string(print(by))), Value(what)});
    return table ? Stored<bool>(table->changed > 0) : base::refuse(table.error());
}

Stored<std::vector<Suppression>> Outbox::suppressions() {
    const auto table = database_.run(
        "SELECT kind, name, until, comment, bounces FROM paraph_report_suppressed ORDER BY kind, name");
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<Suppression> all;
    for (const Cells& row : table->rows) {
        all.push_back(suppression_of(row));
    }
    return all;
}

Stored<void> Outbox::save_run(const std::string& host, const RunResult& result) {
    return done_of(database_.run(
        "INSERT INTO paraph_report_run (host, begun, ended, planned, sent, waiting, refused, given_up, held, "
        "problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (host) DO UPDATE SET begun = "
        "EXCLUDED.begun, ended = EXCLUDED.ended, planned = EXCLUDED.planned, sent = EXCLUDED.sent, waiting = "
        "EXCLUDED.waiting, refused = EXCLUDED.refused, given_up = EXCLUDED.given_up, held = EXCLUDED.held, "
        "problem = EXCLUDED.problem",
        {Value(host), Value(result.begun), Value(result.ended), Value(result.planned), Value(result.sent),
         Value(result.waiting), Value(result.refused), Value(result.given_up), Value(result.held),
         Value(result.problem)}));
}

Stored<void> Outbox::forget(base::UnixTime before) {
    auto done = database_.run("DELETE FROM paraph_report_delivery WHERE report IN (SELECT id FROM "
                              "paraph_report_planned WHERE state = 'closed' AND planned < $1)",
                              {Value(before)});
    if (done) {
        done = database_.run("DELETE FROM paraph_report_planned WHERE state = 'closed' AND planned < $1",
                             {Value(before)});
    }
    return done_of(done);
}

} // namespace milter::tool::reports
