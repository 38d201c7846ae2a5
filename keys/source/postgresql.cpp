#include "keys/source/postgresql.h"

#include "keys/source/collect.h"
#include "keys/source/postgresql_link.h"
#include "keys/source/reconnecting.h"

#include <libpq-fe.h>

#include <optional>
#include <string>
#include <string_view>

namespace keys::source {

namespace {

std::string_view state_of(const PGresult& result) {
    const char* state = ::PQresultErrorField(&result, PG_DIAG_SQLSTATE);
    return state == nullptr ? std::string_view() : state;
}

// It cannot be written in the character set of the database: no row has such a name.
bool is_not_writable(const PGresult& result) {
    return state_of(result) == "22021" || state_of(result) == "22P05";
}

// Class 22: the query can make nothing of this name, of a text where it wants a number, for example. That may
// be so for each name, so that nobody knows.
bool is_about_the_name(const PGresult& result) {
    return state_of(result).substr(0, 2) == "22" && !is_not_writable(result);
}

class PostgresqlConnection : public Reconnecting {
  public:
    explicit PostgresqlConnection(const Options& options)
        : query_(options.query), most_rows_(options.most_rows),
          link_(options, PostgresqlLink::Access::read_only, "paraphd") {}

  private:
    bool is_open() const override { return link_.is_open(); }
    void close() override { link_.close(); }
    std::string open(Time deadline) override { return link_.open(deadline); }

    Answer ask(const std::string& name, Time deadline) override {
        if (!link_.send(query_, {name}, true)) {
            return base::refuse(link_.problem());
        }
        std::optional<Collector> rows;
        std::string error;
        std::string unusable;
        bool late = false;
        while (const PostgresqlResult result = link_.next(deadline, late)) {
            if (is_about_the_name(*result)) {
                unusable = PostgresqlLink::one_text(::PQresultErrorMessage(result.get()));
            } else if (!is_not_writable(*result)) {
                take(*result, rows, error);
            }
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
        if (!unusable.empty()) {
            return Rows{{}, 0, std::move(unusable)};
        }
        return rows ? rows->answer() : Answer(Rows());
    }

    void take(const PGresult& result, std::optional<Collector>& rows, std::string& error) const {
        const auto status = ::PQresultStatus(&result);
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
            const int columns = ::PQnfields(&result);
            if (!rows) {
                rows.emplace(static_cast<std::size_t>(columns), most_rows_);
            }
            for (int row = 0; row < ::PQntuples(&result); ++row) {
                for (int i = 0; i < columns; ++i) {
                    rows->add({::PQgetvalue(&result, row, i),
                               static_cast<std::size_t>(::PQgetlength(&result, row, i))});
                }
            }
        } else if (status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
            error = "the query is no SELECT";
        } else {
            error = PostgresqlLink::one_text(::PQresultErrorMessage(&result));
        }
    }

    std::string query_;
    std::size_t most_rows_;
    PostgresqlLink link_;
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
