#include "keys/source/postgresql_link.h"

#include "base/ascii.h"
#include "keys/source/secret_file.h"
#include "keys/source/wait.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace keys::source {

namespace {

// "12" of a statement that changed rows; none: it was another one.
std::size_t number_of(std::string_view text) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// What the connection says for `options` itself, with what lets no transaction write.
std::string read_only_options(const std::string& connection) {
    std::string text;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        ::PQconninfoParse(connection.c_str(), nullptr), &::PQconninfoFree);
    for (const PQconninfoOption* option = parsed.get(); option != nullptr && option->keyword != nullptr;
         ++option) {
        if (std::string_view(option->keyword) == "options" && option->val != nullptr) {
            text = std::string(option->val) + " ";
        }
    }
    return text + "-c default_transaction_read_only=on";
}

constexpr Oid bytea = 17; // pg_type.dat of the server has it, and it never changes

std::string cell(const PGresult* result, int row, int column) {
    const char* text = ::PQgetvalue(result, row, column);
    if (::PQftype(result, column) != bytea) {
        return {text, static_cast<std::size_t>(::PQgetlength(result, row, column))};
    }
    std::size_t size = 0;
    const std::unique_ptr<unsigned char, decltype(&::PQfreemem)> octets(
        ::PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size), &::PQfreemem);
    return octets ? std::string(reinterpret_cast<const char*>(octets.get()), size) : std::string();
}

void append(PostgresqlLink::Table& table, const PGresult* result) {
    for (int row = 0; row < ::PQntuples(result); ++row) {
        auto& fields = table.rows.emplace_back();
        for (int i = 0; i < ::PQnfields(result); ++i) {
            if (::PQgetisnull(result, row, i) == 1) {
                fields.emplace_back();
            } else {
                fields.emplace_back(cell(result, row, i));
            }
        }
    }
}

} // namespace

void FreeResult::operator()(pg_result* result) const {
    ::PQclear(result);
}

void PostgresqlLink::Finish::operator()(pg_conn* connection) const {
    ::PQfinish(connection);
}

std::string PostgresqlLink::open(Time deadline) {
    std::optional<SecretFile> password;
    if (!options_.password_file.empty()) {
        password.emplace(options_.password_file);
        if (!password->problem().empty()) {
            return password->problem();
        }
    }
    const std::string text = password ? password->text() : std::string();
    std::string refused = start(text, access_ == Access::read_only, deadline);
    // A connection pool (PgBouncer) may pass no options on.
    const bool is_pool =
        access_ == Access::read_only && refused.find("unsupported startup parameter") != std::string::npos;
    return is_pool ? start(text, false, deadline) : refused;
}

std::string PostgresqlLink::start(const std::string& password, bool read_only, Time deadline) {
    // What comes later counts more; the connection, which may be a URL, is expanded where dbname stands.
    std::vector<const char*> names{"fallback_application_name", "dbname", "client_encoding"};
    std::vector<const char*> values{program_.c_str(), options_.connection.c_str(), "UTF8"};
    const auto set = [&](const char* option, const std::string& value) {
        if (!value.empty()) {
            names.push_back(option);
            values.push_back(value.c_str());
        }
    };
    set("user", options_.user);
    set("password", password);
    const std::string options = read_only ? read_only_options(options_.connection) : std::string();
    set("options", options);
    names.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(::PQconnectStartParams(names.data(), values.data(), 1));
    return connect(deadline);
}

std::string PostgresqlLink::connect(Time deadline) {
    if (!connection_ || ::PQstatus(connection_.get()) == CONNECTION_BAD) {
        return problem();
    }
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (!wait_for(::PQsocket(connection_.get()), state == PGRES_POLLING_READING, deadline)) {
            return "it did not let us in in time";
        }
        state = ::PQconnectPoll(connection_.get());
        if (state == PGRES_POLLING_FAILED) {
            return problem();
        }
    }
    return ::PQsetnonblocking(connection_.get(), 1) == 0 ? std::string() : problem();
}

bool PostgresqlLink::send(const std::string& statement, const std::vector<std::string>& parameters,
                          bool by_row) {
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const std::string& one : parameters) {
        values.push_back(one.c_str());
    }
    return ::PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(values.size()), nullptr,
                               values.data(), nullptr, nullptr, 0) != 0 &&
           (!by_row || ::PQsetSingleRowMode(connection_.get()) != 0);
}

PostgresqlResult PostgresqlLink::next(Time deadline, bool& late) {
    while (true) {
        const int flushed = ::PQflush(connection_.get());
        if (flushed == 0 && ::PQisBusy(connection_.get()) == 0) {
            return PostgresqlResult(::PQgetResult(connection_.get()));
        }
        if (!wait_for(::PQsocket(connection_.get()), flushed == 0, deadline)) {
            late = true;
            return nullptr;
        }
        if (::PQconsumeInput(connection_.get()) == 0) { // the result says why
            return PostgresqlResult(::PQgetResult(connection_.get()));
        }
    }
}

base::Result<PostgresqlLink::Table, std::string>
PostgresqlLink::run(const std::string& statement, const std::vector<std::string>& parameters, Time deadline) {
    Table table;
    std::string error;
    bool late = false;
    if (send(statement, parameters, false)) {
        while (const PostgresqlResult result = next(deadline, late)) {
            const auto status = ::PQresultStatus(result.get());
            if (status == PGRES_TUPLES_OK) {
                append(table, result.get());
            }
            if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
                table.changed += number_of(::PQcmdTuples(result.get()));
            } else {
                error = one_text(::PQresultErrorMessage(result.get()));
            }
        }
    } else {
        error = problem();
    }
    if (late) {
        error = "no answer in time";
    }
    if (error.empty()) {
        return table;
    }
    close();
    return base::refuse(std::move(error));
}

base::Result<void, std::string> PostgresqlLink::copy(const std::string& statement, std::string_view lines,
                                                     Time deadline) {
    std::string error;
    if (!send(statement, {}, false)) {
        error = problem();
    } else {
        bool late = false;
        const auto begun = next(deadline, late);
        error = late ? "no answer in time"
                : ::PQresultStatus(begun.get()) == PGRES_COPY_IN
                    ? put_lines(lines, deadline)
                    : one_text(::PQresultErrorMessage(begun.get()));
    }
    if (error.empty()) {
        error = end_copy(deadline);
    }
    if (error.empty()) {
        return {};
    }
    close();
    return base::refuse(std::move(error));
}

std::string PostgresqlLink::put_lines(std::string_view lines, Time deadline) {
    constexpr std::size_t piece = std::size_t{64} * 1024;
    while (!lines.empty()) {
        const auto next_piece = lines.substr(0, piece);
        const int put =
            ::PQputCopyData(connection_.get(), next_piece.data(), static_cast<int>(next_piece.size()));
        if (put < 0) {
            return problem();
        }
        if (put > 0) {
            lines.remove_prefix(next_piece.size());
        } else if (!wait_for(::PQsocket(connection_.get()), false, deadline)) {
            return "no answer in time";
        }
    }
    return {};
}

std::string PostgresqlLink::end_copy(Time deadline) {
    int ended = ::PQputCopyEnd(connection_.get(), nullptr);
    while (ended == 0) {
        if (!wait_for(::PQsocket(connection_.get()), false, deadline)) {
            return "no answer in time";
        }
        ended = ::PQputCopyEnd(connection_.get(), nullptr);
    }
    std::string error = ended < 0 ? problem() : "";
    bool late = false;
    while (const PostgresqlResult result = next(deadline, late)) {
        if (::PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
            error = one_text(::PQresultErrorMessage(result.get()));
        }
    }
    return late ? "no answer in time" : error;
}

std::string PostgresqlLink::problem() const {
    return connection_ ? one_text(::PQerrorMessage(connection_.get())) : "no memory";
}

std::string PostgresqlLink::one_text(const char* text) {
    constexpr std::size_t longest = 300;
    std::string line(base::trim_fws(text));
    std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return base::one_line(line, longest);
}

} // namespace keys::source
