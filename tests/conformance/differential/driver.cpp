// Answers each line of JSON with one; see driver.h for the kinds of jobs.
#include "conformance/differential/driver.h"

#include "support/program.h"

#include <cstdlib>
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

int answer_jobs() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto job = nlohmann::json::parse(line);
        std::cout << kinds.at(job.at("op"))(job) << std::endl;
    }
    return EXIT_SUCCESS;
}

} // namespace

int main() {
    return test::run_program(answer_jobs);
}
