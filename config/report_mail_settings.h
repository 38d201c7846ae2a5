// What the settings say about reports as mail: who sends them, through which server, and how fast.
#pragma once

#include "base/ip_address.h"
#include "base/port.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace config {

// Whether the session with the server is encrypted.
enum class ReportTls : std::uint8_t { none, starttls, implicit };

struct ReportMail {
    std::string from;          // an address, its domain in A-labels; empty: no reports are sent
    std::string organization;  // empty: the domain of `from`
    std::string contact;       // an address; empty: `from`
    std::string extra_contact; // a page, or any text

    std::string server = "127.0.0.1:25"; // HOST[:PORT]
    ReportTls tls = ReportTls::none;
    std::string ca_file; // empty: the system's
    std::string user;
    std::string password_file;
    std::vector<std::string> outgoing; // addresses from which our mail reaches others
    std::string token_key = "/var/lib/paraph/reports/token.key";

    std::size_t max_addresses = 4;
    std::size_t max_size = std::size_t{8} * 1024 * 1024; // of a mail
    std::chrono::seconds give_up{std::chrono::days(3)};
    unsigned per_minute = 300;           // 0: any number
    unsigned per_minute_and_host = 60;   // 0: any number
    unsigned per_day_and_host = 5000;    // 0: any number
    std::vector<std::string> blocklists; // names of zones
};

} // namespace config
