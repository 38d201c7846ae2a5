// Answers each line of JSON with one; see driver.h for the kinds of jobs.
#include "conformance/differential/driver.h"

#include <iostream>
#include <map>
#include <string>

namespace {

using Kind = nlohmann::json (*)(const nlohmann::json&);

const std::map<std::string, Kind> kinds{
    {"spf", differential::check_spf},
    {"dmarc", differential::check_dmarc},
    {"from", differential::find_authors},
    {"authres", differential::write_results},
};

} // namespace

int main() {
    try {
        for (std::string line; std::getline(std::cin, line);) {
            const auto job = nlohmann::json::parse(line);
            std::cout << kinds.at(job.at("op"))(job) << std::endl;
        }
    } catch (const std::exception& failure) {
        std::cerr << "differential_driver: " << failure.what() << '\n';
        return 1;
    }
}
