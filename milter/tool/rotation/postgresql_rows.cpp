#include "milter/tool/rotation/postgresql_rows.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace milter::tool::rotation {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::string_view no_store = "there is no store: make it with paraph key store init";

// What each version of the tables adds to the one before.
const std::vector<std::vector<std::string>>& versions() {
    static const std::vector<std::vector<std::string>> all{
        {"CREATE TABLE paraph_store (id text NOT NULL, version integer NOT NULL, key_check text NOT NULL)",
         "CREATE TABLE paraph_keys (domain text PRIMARY KEY, revision bigint NOT NULL, change bigint NOT "
         "NULL, sealed text NOT NULL)",
         "CREATE INDEX paraph_keys_change ON paraph_keys (change)",
         "CREATE TABLE paraph_hosts (domain text NOT NULL, host text NOT NULL, sealed text NOT NULL, PRIMARY "
         "KEY (domain, host))",
         "CREATE SEQUENCE paraph_change"}};
    return all;
}

// Changes get their numbers in the order in which they can be seen: one writer at a time.
constexpr std::string_view in_order =
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(1885434473, 0)) ";

// A lock of each domain, among those of this program.
constexpr std::string_view lock_of_domain = "(1885434474, hashtext($1))";

std::string text_of(const std::optional<std::string>& field) {
    return field.value_or("");
}

std::uint64_t number_of(const std::optional<std::string>& field) {
    std::uint64_t number = 0;
    const auto text = text_of(field);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

PostgresqlRows::PostgresqlRows(const keys::source::Options& options)
    : link_(options, keys::source::PostgresqlLink::Access::all, "paraph key") {}

// A statement that a broken connection did not carry out is not sent again: its lock is gone as well.
Stored<std::string> PostgresqlRows::connect() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    if (auto problem = link_.open(deadline); !problem.empty()) {
        link_.close();
        return base::refuse(std::move(problem));
    }
    const auto set = link_.run("SELECT set_config('statement_timeout', '10s', false), "
                               "set_config('lock_timeout', '10s', false), "
                               "set_config('idle_in_transaction_session_timeout', '30s', false), "
                               "set_config('tcp_keepalives_idle', '30', false), "
                               "set_config('tcp_keepalives_interval', '10', false), "
                               "set_config('tcp_keepalives_count', '3', false), "
                               "set_config('tcp_user_timeout', '60000', false)",
                               {}, deadline);
    return set ? Stored<std::string>("") : base::refuse(set.error());
}

Stored<PostgresqlRows::Table> PostgresqlRows::run(const std::string& statement,
                                                  const std::vector<std::string>& parameters) {
    if (!link_.is_open()) {
        if (auto open = connect(); !open) {
            return base::refuse(open.error());
        }
    }
    return link_.run(statement, parameters, std::chrono::steady_clock::now() + patience);
}

Stored<StoreRows::Head> PostgresqlRows::head() {
    const auto table = run("SELECT version, id, key_check FROM paraph_store");
    if (!table) {
        const auto made = version();
        return base::refuse(made && *made == 0 ? std::string(no_store) : table.error());
    }
    if (table->rows.size() != 1) {
        return base::refuse(std::string(no_store));
    }
    const auto& row = table->rows.front();
    const auto known = versions().size();
    if (number_of(row[0]) != known) {
        return base::refuse(fmt::format("the tables are those of version {}, and this program's of version "
                                        "{}: {}",
                                        text_of(row[0]), known,
                                        number_of(row[0]) < known ? "run paraph key store init"
                                                                  : "update paraph on this host"));
    }
    return Head{text_of(row[1]), text_of(row[2])};
}

Stored<std::optional<StoreRows::Row>> PostgresqlRows::read(const std::string& domain) {
    const auto table = run("SELECT revision, sealed FROM paraph_keys WHERE domain = $1", {domain});
    if (!table) {
        return base::refuse(table.error());
    }
    if (table->rows.empty()) {
        return std::optional<Row>();
    }
    const auto& row = table->rows.front();
    return std::optional<Row>(Row{domain, number_of(row[0]), text_of(row[1])});
}

Stored<std::pair<std::vector<std::string>, std::uint64_t>>
PostgresqlRows::changed_since(std::uint64_t change) {
    const auto table = run("SELECT domain, change FROM paraph_keys WHERE change > $1::bigint ORDER BY change",
                           {std::to_string(change)});
    if (!table) {
        return base::refuse(table.error());
    }
    std::pair<std::vector<std::string>, std::uint64_t> changed{{}, change};
    for (const auto& row : table->rows) {
        changed.first.push_back(text_of(row[0]));
        changed.second = number_of(row[1]);
    }
    return changed;
}

Stored<bool> PostgresqlRows::write(const Row& before, const std::string& text) {
    const auto table =
        before.revision == 0
            ? run(fmt::format(
                      "{}INSERT INTO paraph_keys SELECT $1, 1, nextval('paraph_change'), $2 FROM turn "
                      "ON CONFLICT DO NOTHING",
                      in_order),
                  {before.domain, text})
            : run(fmt::format("{}UPDATE paraph_keys SET revision = revision + 1, change = "
                              "nextval('paraph_change'), sealed = $2 FROM turn WHERE domain = $1 AND "
                              "revision = $3::bigint",
                              in_order),
                  {before.domain, text, std::to_string(before.revision)});
    if (!table) {
        return base::refuse(table.error());
    }
    return table->changed == 1;
}

Stored<bool> PostgresqlRows::put_back(const Row& row) {
    const auto table =
        run(fmt::format(
                "{}INSERT INTO paraph_keys SELECT $1, $2::bigint, nextval('paraph_change'), $3 FROM turn ON "
                "CONFLICT (domain) DO UPDATE SET revision = EXCLUDED.revision, change = EXCLUDED.change, "
                "sealed = EXCLUDED.sealed WHERE paraph_keys.revision < EXCLUDED.revision",
                in_order),
            {row.domain, std::to_string(row.revision), row.text});
    return table ? Stored<bool>(table->changed == 1) : base::refuse(table.error());
}

Stored<std::vector<std::pair<std::string, std::string>>> PostgresqlRows::told(const std::string& domain) {
    const auto table = run("SELECT host, sealed FROM paraph_hosts WHERE domain = $1", {domain});
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& row : table->rows) {
        all.emplace_back(text_of(row[0]), text_of(row[1]));
    }
    return all;
}

Stored<void> PostgresqlRows::tell(const std::string& domain, const std::string& host,
                                  const std::string& text) {
    const auto table =
        run("INSERT INTO paraph_hosts VALUES ($1, $2, $3) ON CONFLICT (domain, host) DO UPDATE "
            "SET sealed = EXCLUDED.sealed",
            {domain, host, text});
    return table ? Stored<void>() : base::refuse(table.error());
}

Stored<bool> PostgresqlRows::lock(const std::string& domain) {
    const auto table = run(fmt::format("SELECT pg_try_advisory_lock{}", lock_of_domain), {domain});
    if (!table) {
        return base::refuse(table.error());
    }
    return !table->rows.empty() && text_of(table->rows.front()[0]) == "t";
}

void PostgresqlRows::unlock(const std::string& domain) {
    if (link_.is_open()) {
        (void)run(fmt::format("SELECT pg_advisory_unlock{}", lock_of_domain), {domain});
    }
}

Stored<void> PostgresqlRows::within_transaction(const std::function<Stored<void>()>& work) {
    auto done = run("BEGIN");
    if (!done) {
        return base::refuse(done.error());
    }
    if (auto worked = work(); !worked) {
        link_.close(); // which undoes it
        return worked;
    }
    done = run("COMMIT");
    return done ? Stored<void>() : base::refuse(done.error());
}

// 0: there are no tables.
Stored<int> PostgresqlRows::version() {
    const auto there = run("SELECT to_regclass('paraph_store') IS NOT NULL");
    if (!there) {
        return base::refuse(there.error());
    }
    if (text_of(there->rows.at(0).at(0)) != "t") {
        return 0;
    }
    const auto table = run("SELECT version FROM paraph_store");
    if (!table) {
        return base::refuse(table.error());
    }
    return table->rows.empty() ? 0 : static_cast<int>(number_of(table->rows.front()[0]));
}

Stored<bool> PostgresqlRows::make(const Head& head) {
    bool is_made = false;
    const auto done = within_transaction([&]() -> Stored<void> {
        if (auto turn = run(fmt::format("{}SELECT 1 FROM turn", in_order)); !turn) {
            return base::refuse(turn.error());
        }
        const auto before = version();
        if (!before) {
            return base::refuse(before.error());
        }
        for (auto i = static_cast<std::size_t>(*before); i < versions().size(); ++i) {
            for (const std::string& statement : versions()[i]) {
                if (auto made = run(statement); !made) {
                    return base::refuse(made.error());
                }
            }
            is_made = true;
        }
        const auto now = std::to_string(versions().size());
        const auto marked = *before == 0 ? run("INSERT INTO paraph_store VALUES ($1, $2::integer, $3)",
                                               {head.id, now, head.check})
                            : is_made    ? run("UPDATE paraph_store SET version = $1::integer", {now})
                                         : Stored<Table>(Table());
        return marked ? Stored<void>() : base::refuse(marked.error());
    });
    return done ? Stored<bool>(is_made) : base::refuse(done.error());
}

Stored<std::vector<StoreRows::Row>> PostgresqlRows::all() {
    const auto table = run("SELECT domain, revision, sealed FROM paraph_keys ORDER BY domain");
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<Row> rows;
    for (const auto& row : table->rows) {
        rows.push_back({text_of(row[0]), number_of(row[1]), text_of(row[2])});
    }
    return rows;
}

Stored<void> PostgresqlRows::reseal(const std::string& check, const Reseal& other) {
    return within_transaction([&]() -> Stored<void> {
        // Each is a change as well, so that all hosts look, and what they keep is sealed with the new key.
        if (auto turn = run(fmt::format("{}SELECT 1 FROM turn", in_order)); !turn) {
            return base::refuse(turn.error());
        }
        const std::array<std::string, 3> statements{
            "LOCK TABLE paraph_store, paraph_keys, paraph_hosts IN ACCESS EXCLUSIVE MODE",
            "SELECT domain, revision, '' AS host, sealed FROM paraph_keys",
            "SELECT domain, 0, host, sealed FROM paraph_hosts"};
        for (const std::string& statement : statements) {
            const auto table = run(statement);
            if (!table) {
                return base::refuse(table.error());
            }
            for (const auto& row : table->rows) {
                const auto domain = text_of(row[0]), host = text_of(row[2]);
                const auto sealed = other(domain, number_of(row[1]), host, text_of(row[3]));
                if (!sealed) {
                    return base::refuse(sealed.error());
                }
                const auto done =
                    host.empty()
                        ? run("UPDATE paraph_keys SET sealed = $2, change = nextval('paraph_change') WHERE "
                              "domain = $1",
                              {domain, *sealed})
                        : run("UPDATE paraph_hosts SET sealed = $3 WHERE domain = $1 AND host = $2",
                              {domain, host, *sealed});
                if (!done) {
                    return base::refuse(done.error());
                }
            }
        }
        const auto done = run("UPDATE paraph_store SET key_check = $1", {check});
        return done ? Stored<void>() : base::refuse(done.error());
    });
}

} // namespace milter::tool::rotation
