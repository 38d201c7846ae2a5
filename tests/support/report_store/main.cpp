// paraph_test_counts STORE: writes counts into a store. A line of standard input is one policy and day:
//
//     DAY DOMAIN ROWS MESSAGES RUA[,RUA...]
//
// with MESSAGES in each of ROWS rows. The user of a PostgreSQL is paraph, its password stands in the file
// that PARAPH_TEST_PASSWORD_FILE names.

#include "milter/reports/flush.h"
#include "milter/reports/open_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace {

base::IpAddress address_of(int row) {
    constexpr int in_octet = 256;
    return base::IpAddress::parse(fmt::format("198.{}.{}.{}", 18 + row / (in_octet * in_octet),
                                              row / in_octet % in_octet, row % in_octet))
        .value();
}

std::vector<std::string> split(std::string text) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream words(text);
    std::vector<std::string> all;
    for (std::string word; words >> word;) {
        all.push_back(word);
    }
    return all;
}

void add_line(milter::reports::Pending& batch, const std::string& line) {
    std::istringstream words(line);
    report::Day day = 0;
    std::string domain, rua;
    int rows = 0, messages = 0;
    if (!(words >> day >> domain >> rows >> messages >> rua)) {
        throw std::runtime_error("not understood: " + line);
    }
    const auto name = base::DomainName::parse(domain).value();
    report::Evaluation one{.policy = report::Policy{.domain = name}, .row = report::Row{.header_from = name}};
    one.policy.rua = split(rua);
    one.day = day;
    for (int row = 0; row < rows; ++row) {
        one.row.source_ip = address_of(row);
        for (int i = 0; i < messages; ++i) {
            (void)batch.add(milter::reports::count_of(one, report::Detail::full, report::begin_of(day)),
                            std::numeric_limits<std::size_t>::max());
        }
    }
}

void fill(const std::string& store) {
    config::Reports settings;
    settings.store = store;
    if (const char* file = std::getenv("PARAPH_TEST_PASSWORD_FILE"); file != nullptr) {
        settings.store_user = "paraph";
        settings.store_password_file = file;
    }
    const auto database = milter::reports::make_database(settings, {}).value();
    if (auto open = database->open(); !open) {
        throw std::runtime_error(open.error().text);
    }
    milter::reports::Pending batch;
    for (std::string line; std::getline(std::cin, line);) {
        add_line(batch, line);
    }
    const milter::reports::Caps caps{.rows_per_domain = 1'000'000};
    if (auto done = flush(*database, batch,
                          {.instance = "test",
                           .host = "test",
                           .number = std::chrono::system_clock::now().time_since_epoch().count()},
                          caps);
        !done) {
        throw std::runtime_error(done.error().text);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        fill(argc == 2 ? argv[1] : throw std::runtime_error("the store is missing"));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
