// What the settings say about the reports that domain owners ask for (RFC 9990).
#pragma once

#include "config/failure_report_settings.h"
#include "config/report_mail_settings.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

struct Reports {
    bool enabled = false;

    std::string store = "/var/lib/paraph/reports/reports.db"; // a file, or libpq's "host=... dbname=..."
    std::string store_user;
    std::string store_password_file;
    std::uint64_t store_size = std::uint64_t{1024} * 1024 * 1024; // more is not kept; 0: no limit
    std::chrono::seconds keep{std::chrono::days(14)};

    std::chrono::milliseconds flush{10'000};
    bool durable = false;
    std::size_t memory = std::size_t{16} * 1024 * 1024; // for what waits for the store
    std::size_t rows_per_domain = 10000;                // of a policy domain and a day, in full detail
    std::size_t domains_per_organization = 1000;        // policy domains on a day

    bool envelope_to = false; // tell the recipients' domain as well

    // What is counted and yet makes no report due.
    std::vector<std::string> never_due; // policy domains, and those below them
    std::size_t least_messages = 1;     // of a policy domain on a day
    bool hold_new_domains = true;       // those seen for the first time on that day

    std::string history_file; // for opendmarc-import; empty: none

    ReportMail mail;
    FailureReports failure;
};

// Of `store`: a file, not a connection to PostgreSQL.
[[nodiscard]] inline bool is_path(std::string_view store) {
    return store.starts_with('/');
}

} // namespace config
