#include "milter/reports/schema.h"

#include <fmt/format.h>

#include <string_view>

namespace milter::reports {

namespace {

std::string in_words_of(Dialect dialect, std::string statement) {
    const auto put = [&statement](std::string_view mark, std::string_view word) {
        for (auto at = statement.find(mark); at != std::string::npos; at = statement.find(mark, at)) {
            statement.replace(at, mark.size(), word);
        }
    };
    const bool is_sqlite = dialect == Dialect::sqlite;
    put("{octets}", is_sqlite ? "blob" : "bytea");
    put("{rowless}", is_sqlite ? " WITHOUT ROWID" : "");
    return statement;
}

// 0: there are none.
Stored<std::int64_t> version_of(Database& database) {
    const auto there =
        database.run(database.dialect() == Dialect::sqlite
                         ? "SELECT count(*) FROM sqlite_master WHERE name = 'paraph_report_store'"
                         : "SELECT count(*) FROM pg_class WHERE oid = to_regclass('paraph_report_store')");
    if (!there) {
        return base::refuse(there.error());
    }
    if (there->rows.at(0).number(0) == 0) {
        return 0;
    }
    const auto table = database.run("SELECT max(version) FROM paraph_report_store");
    if (!table) {
        return base::refuse(table.error());
    }
    return table->rows.at(0).number(0);
}

} // namespace

const std::vector<std::vector<std::string>>& versions() {
    static const std::vector<std::vector<std::string>> all{
        {"CREATE TABLE paraph_report_store (version bigint NOT NULL)",
         // One of a configuration and a day; another part after a report was planned.
         "CREATE TABLE paraph_report_policy (day bigint NOT NULL, policy {octets} NOT NULL, part bigint NOT "
         "NULL, domain text NOT NULL, content {octets} NOT NULL, messages bigint NOT NULL, due bigint NOT "
         "NULL, row_bound bigint NOT NULL, first_seen bigint NOT NULL, planned bigint NOT NULL, PRIMARY KEY "
         "(day, policy, part)){rowless}",
         "CREATE INDEX paraph_report_policy_domain ON paraph_report_policy (day, domain)",
         "CREATE TABLE paraph_report_row (day bigint NOT NULL, policy {octets} NOT NULL, part bigint NOT "
         "NULL, row_key {octets} NOT NULL, content {octets} NOT NULL, messages bigint NOT NULL, PRIMARY KEY "
         "(day, policy, part, row_key)){rowless}",
         "CREATE TABLE paraph_report_domain (domain text NOT NULL PRIMARY KEY, first_day bigint NOT NULL, "
         "last_day bigint NOT NULL){rowless}",
         // A running daemon or one that ran: what it wrote last, so that it does not do so twice.
         "CREATE TABLE paraph_report_daemon (instance text NOT NULL PRIMARY KEY, host text NOT NULL, flush "
         "bigint NOT NULL, flushed bigint NOT NULL, messages bigint NOT NULL, less_detail bigint NOT NULL, "
         "dropped bigint NOT NULL){rowless}"},
        // What was planned of them, and what became of it.
        {"CREATE TABLE paraph_report_planned (id text NOT NULL PRIMARY KEY, day bigint NOT NULL, policy "
         "{octets} NOT NULL, part bigint NOT NULL, domain text NOT NULL, begins bigint NOT NULL, ends bigint "
         "NOT NULL, piece bigint NOT NULL, pieces bigint NOT NULL, state text NOT NULL, next_try bigint NOT "
         "NULL, size bigint NOT NULL, planned bigint NOT NULL){rowless}",
         "CREATE INDEX paraph_report_planned_due ON paraph_report_planned (state, next_try)",
         "CREATE TABLE paraph_report_delivery (id bigint NOT NULL PRIMARY KEY, report text NOT NULL, address "
         "text NOT NULL, state text NOT NULL, tries bigint NOT NULL, planned bigint NOT NULL, next_try "
         "bigint NOT NULL, last_reply text NOT NULL)",
         "CREATE INDEX paraph_report_delivery_report ON paraph_report_delivery (report)",
         "CREATE TABLE paraph_report_suppressed (kind text NOT NULL, name text NOT NULL, until bigint NOT "
         "NULL, comment text NOT NULL, bounces bigint NOT NULL, PRIMARY KEY (kind, name)){rowless}",
         "CREATE TABLE paraph_report_run (host text NOT NULL PRIMARY KEY, begun bigint NOT NULL, ended "
         "bigint NOT NULL, planned bigint NOT NULL, sent bigint NOT NULL, waiting bigint NOT NULL, refused "
         "bigint NOT NULL, given_up bigint NOT NULL, held bigint NOT NULL, problem text NOT "
         "NULL){rowless}"},
        // Of single messages that failed.
        {"CREATE TABLE paraph_report_failure (id text NOT NULL PRIMARY KEY, domain text NOT NULL, addresses "
         "text NOT NULL, content {octets} NOT NULL, messages bigint NOT NULL, seen bigint NOT NULL, planned "
         "bigint NOT NULL)",
         "CREATE INDEX paraph_report_failure_seen ON paraph_report_failure (planned, seen)",
         "ALTER TABLE paraph_report_planned ADD COLUMN kind text NOT NULL DEFAULT 'aggregate'",
         "CREATE INDEX paraph_report_planned_kind ON paraph_report_planned (kind, planned)",
         "ALTER TABLE paraph_report_daemon ADD COLUMN failures bigint NOT NULL DEFAULT 0",
         "ALTER TABLE paraph_report_daemon ADD COLUMN failures_dropped bigint NOT NULL DEFAULT 0"}};
    return all;
}

Stored<void> migrate(Database& database) {
    const auto before = version_of(database);
    if (!before) {
        return base::refuse(before.error());
    }
    const auto known = static_cast<std::int64_t>(versions().size());
    if (*before > known) {
        return base::refuse(Failure{
            Failure::Kind::refused,
            fmt::format("the tables of reports are those of version {}, and this program's of version "
                        "{}: update paraph on this host",
                        *before, known)});
    }
    if (*before == known) {
        return {};
    }
    for (auto i = static_cast<std::size_t>(*before); i < versions().size(); ++i) {
        for (const std::string& statement : versions()[i]) {
            if (auto made = database.run(in_words_of(database.dialect(), statement)); !made) {
                return base::refuse(made.error());
            }
        }
    }
    const auto marked = database.run("INSERT INTO paraph_report_store VALUES ($1)", {Value(known)});
    return marked ? Stored<void>() : base::refuse(marked.error());
}

} // namespace milter::reports
