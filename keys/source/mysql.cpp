#include "keys/source/mysql.h"

#include "base/ascii.h"
#include "keys/source/collect.h"
#include "keys/source/reconnecting.h"
#include "keys/source/secret_file.h"

#include <fmt/format.h>
#include <mysql.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace keys::source {

namespace {

using Handle = std::unique_ptr<MYSQL, decltype(&mysql_close)>;
using Statement = std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)>;
using Result = std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)>;

// "host=db port=3306 dbname=mail", with the words that libpq has for PostgreSQL.
struct Place {
    std::string host;
    std::string socket;
    std::string dbname;
    std::string user;
    std::string ssl_ca; // then the server's certificate is checked
    unsigned port = 0;
};

std::string set(Place& place, std::string_view name, std::string_view value) {
    struct Word {
        std::string_view name;
        std::string Place::* field;
    };
    static constexpr std::array<Word, 5> words{{{"host", &Place::host},
                                                {"socket", &Place::socket},
                                                {"dbname", &Place::dbname},
                                                {"user", &Place::user},
                                                {"ssl_ca", &Place::ssl_ca}}};
    for (const Word& word : words) {
        if (word.name == name) {
            place.*word.field = value;
            return {};
        }
    }
    if (name == "password") {
        return "a password in the connection is read by all who read the configuration; write it to a file "
               "and name "
               "that in password_file";
    }
    const auto* end = value.data() + value.size();
    const bool is_port = name == "port" && std::from_chars(value.data(), end, place.port).ptr == end &&
                         place.port > 0 && place.port < 65536;
    return is_port ? ""
                   : "the connection is written host=HOST port=PORT socket=PATH dbname=NAME user=USER "
                     "ssl_ca=FILE";
}

base::Result<Place, std::string> parse_place(std::string_view text) {
    Place place;
    for (const std::string_view word : base::split(text, ' ')) {
        const auto sign = word.find('=');
        std::string problem = word.empty() ? ""
                                           : set(place, word.substr(0, sign),
                                                 sign == std::string_view::npos ? "" : word.substr(sign + 1));
        if (!problem.empty()) {
            return base::refuse(std::move(problem));
        }
    }
    return place;
}

// The column has a character set in which the name cannot be written, so that no row has it: the codes of the
// server for character sets and collations that do not go together, and for characters that do not convert.
bool is_about_characters(unsigned code) {
    static constexpr std::array<unsigned, 6> codes{1267, 1270, 1271, 1300, 1366, 1977};
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

const char* text_or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

class MysqlConnection : public Reconnecting {
  public:
    explicit MysqlConnection(const Options& options)
        : options_(options), place_(parse_place(options.connection).value_or(Place())) {
        static std::once_flag once;
        std::call_once(once, [] { ::mysql_library_init(0, nullptr, nullptr); });
    }
    MysqlConnection(const MysqlConnection&) = delete;
    MysqlConnection& operator=(const MysqlConnection&) = delete;
    ~MysqlConnection() override {
        close_all();
        ::mysql_thread_end();
    }

  private:
    bool is_open() const override { return statement_ != nullptr; }
    void close() override { close_all(); }
    void close_all() {
        statement_.reset();
        connection_.reset();
    }

    void set_options(MYSQL* created) const {
        // Each step of a question may take this long; Workers sees to it that nobody waits for all of them.
        const auto seconds =
            static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(options_.timeout).count());
        for (const mysql_option option :
             {MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT}) {
            ::mysql_options(created, option, &seconds);
        }
        const unsigned no = 0; // a server may ask for a file of ours
        ::mysql_options(created, MYSQL_OPT_LOCAL_INFILE, &no);
        ::mysql_options(created, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        ::mysql_options(created, MYSQL_INIT_COMMAND, "SET SESSION TRANSACTION READ ONLY");
        if (!place_.ssl_ca.empty()) {
            ::mysql_ssl_set(created, nullptr, nullptr, place_.ssl_ca.c_str(), nullptr, nullptr);
            const my_bool yes = 1;
            ::mysql_options(created, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
        }
    }

    std::string open(Time /*deadline*/) override {
        std::optional<SecretFile> password;
        if (!options_.password_file.empty()) {
            password.emplace(options_.password_file);
            if (!password->problem().empty()) {
                return password->problem();
            }
        }
        connection_.reset(::mysql_init(nullptr));
        if (!connection_) {
            return "no memory";
        }
        set_options(connection_.get());
        const std::string& user = options_.user.empty() ? place_.user : options_.user;
        if (::mysql_real_connect(connection_.get(), text_or_null(place_.host), text_or_null(user),
                                 password ? password->text().c_str() : nullptr, text_or_null(place_.dbname),
                                 place_.port, text_or_null(place_.socket), 0) == nullptr) {
            return problem();
        }
        statement_.reset(::mysql_stmt_init(connection_.get()));
        if (!statement_ ||
            ::mysql_stmt_prepare(statement_.get(), options_.query.c_str(), options_.query.size()) != 0) {
            return statement_ ? statement_problem() : "no memory";
        }
        return ::mysql_stmt_param_count(statement_.get()) == 0 ||
                       ::mysql_stmt_field_count(statement_.get()) == 0
                   ? "the query must be a SELECT with a ? where the name belongs"
                   : "";
    }

    Answer ask(const std::string& name, Time /*deadline*/) override {
        unsigned long size = name.size();
        MYSQL_BIND parameter{};
        parameter.buffer_type = MYSQL_TYPE_STRING;
        parameter.buffer = const_cast<char*>(name.data()); // read only
        parameter.buffer_length = size;
        parameter.length = &size;
        std::vector<MYSQL_BIND> parameters(::mysql_stmt_param_count(statement_.get()), parameter);
        if (::mysql_stmt_bind_param(statement_.get(), parameters.data()) != 0 ||
            ::mysql_stmt_execute(statement_.get()) != 0) {
            const bool unwritable =
                !base::all_ascii(name) && is_about_characters(::mysql_stmt_errno(statement_.get()));
            return unwritable ? Answer(Rows{{}, ::mysql_stmt_field_count(statement_.get())})
                              : base::refuse(statement_problem());
        }
        return fetch();
    }

    Answer fetch() {
        const unsigned columns = ::mysql_stmt_field_count(statement_.get());
        std::vector<unsigned long> sizes(columns);
        std::vector<my_bool> nulls(columns);
        std::vector<MYSQL_BIND> fields(columns, MYSQL_BIND{});
        for (unsigned i = 0; i < columns; ++i) {
            fields[i].buffer_type = MYSQL_TYPE_STRING; // without room: how long it is, is told first
            fields[i].length = &sizes[i];
            fields[i].is_null = &nulls[i];
        }
        if (::mysql_stmt_bind_result(statement_.get(), fields.data()) != 0) {
            return base::refuse(statement_problem());
        }
        Collector rows(columns, options_.most_rows);
        int status = ::mysql_stmt_fetch(statement_.get());
        for (; status == 0 || status == MYSQL_DATA_TRUNCATED; status = ::mysql_stmt_fetch(statement_.get())) {
            for (unsigned i = 0; i < columns; ++i) {
                rows.add(nulls[i] != 0 ? std::string() : field(i, sizes[i]));
            }
            if (rows.is_full()) {
                return rows.answer();
            }
        }
        if (status != MYSQL_NO_DATA) {
            return base::refuse(statement_problem());
        }
        ::mysql_stmt_free_result(statement_.get());
        return rows.answer();
    }

    std::string field(unsigned column, unsigned long size) {
        std::string text(std::min<std::size_t>(size, max_answer + 1), '\0');
        MYSQL_BIND bind{};
        bind.buffer_type = MYSQL_TYPE_STRING;
        bind.buffer = text.data();
        bind.buffer_length = text.size();
        if (!text.empty() && ::mysql_stmt_fetch_column(statement_.get(), &bind, column, 0) != 0) {
            text.clear();
        }
        return text;
    }

    [[nodiscard]] std::string problem() const { return one_text(::mysql_error(connection_.get())); }
    [[nodiscard]] std::string statement_problem() const {
        return one_text(::mysql_stmt_error(statement_.get()));
    }

    static std::string one_text(const char* text) {
        constexpr std::size_t longest = 300;
        const std::string line = base::one_line(base::trim_fws(text), longest);
        return line.empty() ? "the connection failed" : line;
    }

    Options options_;
    Place place_;
    Handle connection_{nullptr, &::mysql_close};
    Statement statement_{nullptr, &::mysql_stmt_close}; // before the connection goes
};

} // namespace

std::string mysql_refusal(const Options& options) {
    if (options.query.find('?') == std::string::npos) {
        return "the query has no parameter; write ? where the name belongs";
    }
    const auto place = parse_place(options.connection);
    return place ? std::string() : place.error();
}

std::unique_ptr<Connection> make_mysql(const Options& options) {
    return std::make_unique<MysqlConnection>(options);
}

} // namespace keys::source
