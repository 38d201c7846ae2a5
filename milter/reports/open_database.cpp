#include "milter/reports/open_database.h"

#include "keys/source/options.h"
#include "keys/source/postgresql.h"
#include "milter/reports/postgresql_database.h"
#include "milter/reports/sqlite_database.h"

namespace milter::reports {

base::Result<std::unique_ptr<Database>, std::string> make_database(const config::Reports& settings,
                                                                   OpenOptions options) {
    if (config::is_path(settings.store)) {
        return open_sqlite({.path = settings.store,
                            .durable = settings.durable,
                            .create = options.create,
                            .set_aside = std::move(options.set_aside)});
    }
    keys::source::Options source;
    source.kind = keys::source::Kind::postgresql;
    source.connection = settings.store;
    source.user = settings.store_user;
    source.password_file = settings.store_password_file;
    source.query = "SELECT $1"; // there is none
    if (auto refusal = keys::source::postgresql_refusal(source); !refusal.empty()) {
        return base::refuse("reports.store: " + refusal);
    }
    return open_postgresql(source, std::move(options.program), options.end);
}

} // namespace milter::reports
