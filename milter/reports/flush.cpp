#include "milter/reports/flush.h"

#include "milter/reports/columns.h"

#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace milter::reports {

namespace {

using Rows = std::vector<std::vector<Value>>;

class Flush {
  public:
    Flush(Database& database, const Pending& batch, const Origin& origin, const Caps& caps,
          OrganizationDays& organizations)
        : database_(database), batch_(batch), origin_(origin), caps_(caps), organizations_(organizations) {}

    Stored<void> operator()() {
        if (auto look = find_earlier_try(); !look || result_.was_there) {
            return look;
        }
        if (auto eased = ease_commit(); !eased) {
            return eased;
        }
        if (auto tables = make_tables(); !tables) {
            return tables;
        }
        if (auto read = read_before(); !read) {
            return read;
        }
        if (auto sorted = sort_in(); !sorted) {
            return sorted;
        }
        // Everybody takes the same locks in the same order, and none before all rows are with the server.
        for (const auto step : {&Flush::stage_parts, &Flush::stage_rows, &Flush::merge_parts,
                                &Flush::merge_rows, &Flush::merge_domains, &Flush::write_daemon}) {
            if (auto done = (this->*step)(); !done) {
                return done;
            }
        }
        return {};
    }

    [[nodiscard]] const Flushed& result() const { return result_; }

    // It is committed.
    void note_domains() {
        for (const DomainDay& one : added_) {
            organizations_.add(one.day, one.domain);
        }
    }

  private:
    Stored<void> run(const std::string& statement, const std::vector<Value>& values = {}) {
        const auto done = database_.run(statement, values);
        return done ? Stored<void>() : base::refuse(done.error());
    }

    // One whose commit nobody heard of any more, perhaps.
    Stored<void> find_earlier_try() {
        const auto table = database_.run("SELECT flush FROM paraph_report_daemon WHERE instance = $1",
                                         {Value(origin_.instance)});
        if (!table) {
            return base::refuse(table.error());
        }
        result_.was_there = !table->rows.empty() && table->rows[0].number(0) >= origin_.number;
        return {};
    }

    // Others do not wait for the disk with the locks of this one.
    Stored<void> ease_commit() {
        return database_.dialect() == Dialect::postgresql && !origin_.is_durable
                   ? run("SELECT set_config('synchronous_commit', 'off', true)")
                   : Stored<void>();
    }

    // Of this connection and no other.
    Stored<void> make_tables() {
        const bool is_sqlite = database_.dialect() == Dialect::sqlite;
        const std::string octets = is_sqlite ? "blob" : "bytea";
        const std::array<std::string, 3> statements{
            "CREATE TEMPORARY TABLE IF NOT EXISTS paraph_flush_domain (day bigint, domain text)",
            "CREATE TEMPORARY TABLE IF NOT EXISTS paraph_flush_policy (day bigint, policy " + octets +
                ", part bigint, domain text, content " + octets +
                ", messages bigint, due bigint, row_bound bigint, first_seen bigint)",
            "CREATE TEMPORARY TABLE IF NOT EXISTS paraph_flush_row (day bigint, policy " + octets +
                ", part bigint, row_key " + octets + ", content " + octets + ", messages bigint)"};
        for (const auto& statement : statements) {
            if (auto made = run(statement); !made) {
                return made;
            }
        }
        return {};
    }

    // Not at the end of a transaction: there PostgreSQL would do it on the disk, with all locks held.
    Stored<void> empty(std::string_view table) {
        return run((database_.dialect() == Dialect::sqlite ? "DELETE FROM " : "TRUNCATE ") +
                   std::string(table));
    }

    Stored<void> read_before() {
        std::set<DomainDay> domains;
        for (const auto& [key, policy] : batch_.policies()) {
            domains.insert({key.day, policy.domain});
            if (auto above = organizations_.above(policy.domain)) { // for which it may count
                domains.insert({key.day, *std::move(above)});
            }
            if (auto read = organizations_.read(database_, key.day); !read) {
                return read;
            }
        }
        Staging staging(*this, "paraph_flush_domain", {"day", "domain"});
        for (const auto& one : domains) {
            staging.add({Value(one.day), Value(one.domain)});
        }
        if (auto filled = staging.finish(); !filled) {
            return filled;
        }
        // In that order: for each domain of the batch, what the store has of it.
        const auto table = database_.run(
            "SELECT p.day, p.domain, p.policy, p.part, p.planned, p.row_bound, p.first_seen FROM "
            "paraph_flush_domain d CROSS JOIN paraph_report_policy p" +
            database_.indexed_by("paraph_report_policy_domain") +
            " WHERE p.day = d.day AND p.domain = d.domain ORDER BY p.day, p.policy, p.part");
        if (!table) {
            return base::refuse(table.error());
        }
        for (const Cells& row : table->rows) {
            known_[{row.number(0), row.text(1)}].push_back(
                {{row.number(0), key_of_column(row.text(2)), row.number(3)},
                 row.number(4) != 0,
                 row.number(6),
                 row.number(5)});
        }
        return {};
    }

    Stored<void> sort_in() {
        auto placed = place(batch_, known_, caps_, organizations_,
                            [this](const Part& part) { return read_keys(part); });
        if (!placed) {
            return base::refuse(placed.error());
        }
        result_.less_detail = placed->less_detail;
        parts_ = std::move(placed->parts);
        added_ = std::move(placed->added);
        return {};
    }

    Stored<RowKeys> read_keys(const Part& part) {
        const auto table = database_.run(
            "SELECT row_key FROM paraph_report_row WHERE day = $1 AND policy = $2 AND part = $3",
            {Value(part.day), Value(bytes_of(part.policy)), Value(part.part)});
        if (!table) {
            return base::refuse(table.error());
        }
        RowKeys keys;
        for (const Cells& row : table->rows) {
            keys.insert(key_of_column(row.text(0)));
        }
        return keys;
    }

    Stored<void> stage_parts() {
        Staging staging(
            *this, "paraph_flush_policy",
            {"day", "policy", "part", "domain", "content", "messages", "due", "row_bound", "first_seen"});
        for (const auto& [key, part] : parts_) {
            staging.add({Value(key.day), Value(bytes_of(key.policy)), Value(key.part), Value(part.domain),
                         Value(Bytes{part.content}), Value(part.messages), Value(part.due),
                         Value(part.more_rows), Value(part.first_seen)});
        }
        return staging.finish();
    }

    Stored<void> stage_rows() {
        Staging staging(*this, "paraph_flush_row",
                        {"day", "policy", "part", "row_key", "content", "messages"});
        for (const auto& [key, part] : parts_) {
            for (const auto& [row_key, row] : part.rows) {
                staging.add({Value(key.day), Value(bytes_of(key.policy)), Value(key.part),
                             Value(bytes_of(row_key)), Value(Bytes{row.content}), Value(row.messages)});
            }
        }
        return staging.finish();
    }

    // Nobody plans a report of what is just being written to: where that has happened since read_before(),
    // all is done anew.
    Stored<void> merge_parts() {
        const auto done = database_.run(
            "INSERT INTO paraph_report_policy (day, policy, part, domain, content, messages, due, row_bound, "
            "first_seen, planned) SELECT day, policy, part, domain, content, messages, due, row_bound, "
            "first_seen, 0 FROM paraph_flush_policy WHERE true ORDER BY day, policy, part "
            "ON CONFLICT (day, policy, part) DO UPDATE SET content = excluded.content, "
            "messages = paraph_report_policy.messages + excluded.messages, "
            "due = paraph_report_policy.due + excluded.due, "
            "row_bound = paraph_report_policy.row_bound + excluded.row_bound "
            "WHERE paraph_report_policy.planned = 0");
        if (!done) {
            return base::refuse(done.error());
        }
        if (done->changed != parts_.size()) {
            return base::refuse(Failure{Failure::Kind::again, "reports were planned at the same moment"});
        }
        return {};
    }

    Stored<void> merge_rows() {
        return run(
            "INSERT INTO paraph_report_row (day, policy, part, row_key, content, messages) SELECT day, "
            "policy, part, row_key, content, messages FROM paraph_flush_row WHERE true "
            "ORDER BY day, policy, part, row_key ON CONFLICT (day, policy, part, row_key) DO UPDATE "
            "SET messages = paraph_report_row.messages + excluded.messages");
    }

    Stored<void> merge_domains() {
        return run("INSERT INTO paraph_report_domain (domain, first_day, last_day) SELECT domain, min(day), "
                   "max(day) FROM paraph_flush_policy WHERE true GROUP BY domain ORDER BY domain "
                   "ON CONFLICT (domain) DO UPDATE SET "
                   "first_day = CASE WHEN excluded.first_day < paraph_report_domain.first_day THEN "
                   "excluded.first_day ELSE paraph_report_domain.first_day END, "
                   "last_day = CASE WHEN excluded.last_day > paraph_report_domain.last_day THEN "
                   "excluded.last_day ELSE paraph_report_domain.last_day END "
                   "WHERE excluded.first_day < paraph_report_domain.first_day OR excluded.last_day > "
                   "paraph_report_domain.last_day");
    }

    Stored<void> write_daemon() {
        return run("INSERT INTO paraph_report_daemon (instance, host, flush, flushed, messages, less_detail, "
                   "dropped) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (instance) DO UPDATE SET "
                   "flush = excluded.flush, flushed = excluded.flushed, "
                   "messages = paraph_report_daemon.messages + excluded.messages, "
                   "less_detail = paraph_report_daemon.less_detail + excluded.less_detail, "
                   "dropped = paraph_report_daemon.dropped + excluded.dropped",
                   {Value(origin_.instance), Value(origin_.host), Value(origin_.number), Value(origin_.at),
                    Value(batch_.messages()), Value(origin_.less_detail + result_.less_detail),
                    Value(origin_.dropped)});
    }

    // Rows for a table of this connection, some at a time, so that not all of them are in memory twice.
    class Staging {
      public:
        Staging(Flush& flush, std::string table, std::vector<std::string> columns)
            : flush_(flush), table_(std::move(table)), columns_(std::move(columns)),
              done_(flush_.empty(table_)) {}

        void add(std::vector<Value> row) {
            rows_.push_back(std::move(row));
            constexpr std::size_t most_at_once = 2000;
            if (rows_.size() == most_at_once) {
                fill();
            }
        }
        Stored<void> finish() {
            if (!rows_.empty()) {
                fill();
            }
            return done_;
        }

      private:
        void fill() {
            if (done_) {
                done_ = flush_.database_.fill(table_, columns_, rows_);
            }
            rows_.clear();
        }

        Flush& flush_;
        std::string table_;
        std::vector<std::string> columns_;
        Stored<void> done_;
        Rows rows_;
    };

    Database& database_;
    const Pending& batch_;
    const Origin& origin_;
    const Caps& caps_;
    OrganizationDays& organizations_;
    Known known_;
    std::map<Part, PartCount> parts_;
    std::vector<DomainDay> added_;
    Flushed result_;
};

} // namespace

Stored<Flushed> flush(Database& database, const Pending& batch, const Origin& origin, const Caps& caps) {
    OrganizationDays organizations;
    return flush(database, batch, origin, caps, organizations);
}

Stored<Flushed> flush(Database& database, const Pending& batch, const Origin& origin, const Caps& caps,
                      OrganizationDays& organizations) {
    constexpr int most_tries = 5;
    for (int tries = 1;; ++tries) {
        Flush work(database, batch, origin, caps, organizations);
        auto done = database.transaction([&work] { return work(); });
        if (done) {
            work.note_domains();
            return work.result();
        }
        if (done.error().kind != Failure::Kind::again || tries == most_tries) {
            return base::refuse(done.error());
        }
    }
}

} // namespace milter::reports
