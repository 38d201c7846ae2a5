// The store that the settings name.
#pragma once

#include "config/report_settings.h"
#include "milter/reports/database.h"
#include "milter/reports/end_time.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace milter::reports {

struct OpenOptions {
    std::string program = "paraphd"; // what a server lists us as
    bool create = true;              // of a file; false: there has to be one
    // Told the new name of a file that was broken.
    std::function<void(std::string_view)> set_aside{};
    // A server is asked nothing behind it; null: there is none. It must outlive the database.
    const EndTime* end = nullptr;
};

// Nothing is opened yet. Refused: a connection that libpq does not understand, or with a password in it.
[[nodiscard]] base::Result<std::unique_ptr<Database>, std::string>
make_database(const config::Reports& settings, OpenOptions options);

} // namespace milter::reports
