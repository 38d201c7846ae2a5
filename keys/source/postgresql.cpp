#include "keys/source/postgresql.h"

#include "base/ascii.h"
#include "keys/source/collect.h"
#include "keys/source/reconnecting.h"
#include "keys/source/secret_file.h"
#include "keys/source/wait.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace keys::source {

namespace {

using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

// The database is told what is wrong with a name: that it cannot be written in its character set, for
// example. SQLSTATE, class 22: no row can have such a name.
bool is_about_the_name(const PGresult* result) {
    const char* state = ::PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state != nullptr && std::string_view(state).substr(0, 2) == "22";
}

class PostgresqlConnection : public Reconnecting {
  public:
    explicit PostgresqlConnection(const Options& options) : options_(options) {}

  private:
    bool is_open() const override { return connection_ != nullptr; }
    void close() override { connection_.reset(); }

    std::string open(Time deadline) override {
        std::optional<SecretFile> password;
        if (!options_.password_file.empty()) {
            password.emplace(options_.password_file);
            if (!password->problem().empty()) {
                return password->problem();
            }
        }
        // What comes later counts more; the connection, which may be a URL, is expanded where dbname stands.
        std::vector<const char*> names{"fallback_application_name", "dbname", "client_encoding"};
        std::vector<const char*> values{"paraphd", options_.connection.c_str(), "UTF8"};
        const auto set = [&](const char* option, const std::string& value) {
            if (!value.empty()) {
                names.push_back(option);
                values.push_back(value.c_str());
            }
        };
        set("user", options_.user);
        set("password", password ? password->text() : options_.password_file); // both empty without a file
        names.push_back(nullptr);
        values.push_back(nullptr);
        connection_.reset(::PQconnectStartParams(names.data(), values.data(), 1));
        return connect(deadline);
    }

    std::string connect(Time deadline) {
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

    Answer ask(const std::string& name, Time deadline) override {
        const std::array<const char*, 1> parameters{name.c_str()};
        if (::PQsendQueryParams(connection_.get(), options_.query.c_str(), 1, nullptr, parameters.data(),
                                nullptr, nullptr, 0) == 0) {
            return base::refuse(problem());
        }
        if (::PQsetSingleRowMode(connection_.get()) == 0) {
            return base::refuse(problem());
        }
        std::optional<Collector> rows;
        std::string error;
        bool late = false;
        while (const Result result = next(deadline, late)) {
            take(*result, rows, error);
            if (rows && rows->is_full()) {
                return rows->answer();
            }
        }
        if (late) {
            return base::refuse(std::string("no answer in time"));
        }
        if (!error.empty()) {
            return base::refuse(std::move(error));
        }
        return rows ? rows->answer() : Answer(Rows());
    }

    // The next result; null at the end.
    Result next(Time deadline, bool& late) {
        while (true) {
            const int flushed = ::PQflush(connection_.get());
            if (flushed == 0 && ::PQisBusy(connection_.get()) == 0) {
                return {::PQgetResult(connection_.get()), &::PQclear};
            }
            if (!wait_for(::PQsocket(connection_.get()), flushed == 0, deadline)) {
                late = true;
                return {nullptr, &::PQclear};
            }
            if (::PQconsumeInput(connection_.get()) == 0) { // the result says why
                return {::PQgetResult(connection_.get()), &::PQclear};
            }
        }
    }

    void take(const PGresult& result, std::optional<Collector>& rows, std::string& error) const {
        const auto status = ::PQresultStatus(&result);
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
            const int columns = ::PQnfields(&result);
            if (!rows) {
                rows.emplace(static_cast<std::size_t>(columns), options_.most_rows);
            }
            for (int row = 0; row < ::PQntuples(&result); ++row) {
                for (int i = 0; i < columns; ++i) {
                    rows->add({::PQgetvalue(&result, row, i),
                               static_cast<std::size_t>(::PQgetlength(&result, row, i))});
                }
            }
        } else if (status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
            error = "the query is no SELECT";
        } else if (!is_about_the_name(&result)) {
            error = one_text(::PQresultErrorMessage(&result));
        }
    }

    [[nodiscard]] std::string problem() const {
        return connection_ ? one_text(::PQerrorMessage(connection_.get())) : "no memory";
    }

    static std::string one_text(const char* text) {
        constexpr std::size_t longest = 300;
        std::string line(base::trim_fws(text));
        std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
        return base::one_line(line, longest);
    }

    Options options_;
    Handle connection_{nullptr, &::PQfinish};
};

} // namespace

std::string postgresql_refusal(const Options& options) {
    if (options.query.find("$1") == std::string::npos) {
        return "the query has no parameter; write $1 where the name belongs";
    }
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        ::PQconninfoParse(options.connection.c_str(), &error), &::PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> text(error, &::PQfreemem);
    if (!parsed) {
        return "the connection is not as libpq has it: host=/run/postgresql dbname=mail, or "
               "postgresql://host/mail";
    }
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
        if (std::string_view(option->keyword) == "password" && option->val != nullptr) {
            return "a password in the connection is read by all who read the configuration; write it to a "
                   "file and "
                   "name that in password_file";
        }
    }
    return {};
}

std::unique_ptr<Connection> make_postgresql(const Options& options) {
    return std::make_unique<PostgresqlConnection>(options);
}

} // namespace keys::source
