#include "milter/tool/reports/open_outbox.h"

#include "keys/file_bytes.h"
#include "milter/reports/new_file.h"
#include "milter/reports/open_database.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>

namespace milter::tool::reports {

Result<OpenOutbox> OpenOutbox::open(const config::Settings& settings) {
    std::unique_ptr<Database> opened[2];
    const bool is_file = config::is_path(settings.reports.store);
    for (std::size_t i = 0; i < (is_file ? 1U : 2U); ++i) {
        auto made =
            milter::reports::make_database(settings.reports, {.program = "paraph report", .create = false});
        if (!made) {
            return fail(ExitCode::config, "reports.store: " + made.error());
        }
        if (auto open = (*made)->open(); !open) {
            return fail_for(open.error());
        }
        opened[i] = *std::move(made);
    }
    return OpenOutbox(std::move(opened[0]), std::move(opened[1]));
}

Result<OpenOutbox> OpenOutbox::open_or_make(const config::Settings& settings) {
    const auto& store = settings.reports.store;
    if (!is_there(settings) && !milter::reports::make_file(store, "")) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", store, keys::error_text(errno)));
    }
    return open(settings);
}

bool OpenOutbox::is_there(const config::Settings& settings) {
    const auto& store = settings.reports.store;
    return !config::is_path(store) || ::access(store.c_str(), F_OK) == 0 || errno != ENOENT;
}

} // namespace milter::tool::reports
