// bare_crypto: what the arithmetic of one message costs, through OpenSSL and nothing else, with the keys
// kept: the floor under every filter that signs or verifies. Prints one JSON object; microseconds of CPU of
// one thread.
//
//     bare_crypto [--header OCTETS] [--body OCTETS] [--only OPERATION...]
#include "bench/arithmetic.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace {

using bench::Arithmetic;

double cpu_microseconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The median of five rounds, because it is compared with medians of what other programs take.
double time_of(const std::function<void()>& work, int times) {
    work();
    std::array<double, 5> rounds{};
    for (double& each : rounds) {
        const double begin = cpu_microseconds();
        for (int i = 0; i < times; ++i) {
            work();
        }
        each = (cpu_microseconds() - begin) / times;
    }
    std::sort(rounds.begin(), rounds.end());
    return rounds[rounds.size() / 2];
}

// What `only` names; everything when it is empty.
nlohmann::json measure(const Arithmetic::Sizes& sizes, const std::vector<std::string>& only) {
    const Arithmetic arithmetic(sizes);
    nlohmann::json times;
    for (const auto& operation : Arithmetic::operations()) {
        if (only.empty() || std::find(only.begin(), only.end(), operation.name) != only.end()) {
            times[operation.name] = time_of(std::bind_front(operation.work, &arithmetic), operation.times);
        }
    }
    return times;
}

int run(int argc, char** argv) {
    Arithmetic::Sizes sizes;
    std::vector<std::string> only;
    CLI::App app("What the arithmetic of one message costs");
    app.add_option("--header", sizes.header, "Octets of the signed header");
    app.add_option("--body", sizes.body, "Octets of the body");
    app.add_option("--only", only, "What to measure")->check(CLI::IsMember(Arithmetic::names()));
    CLI11_PARSE(app, argc, argv);
    fmt::print("{}\n", measure(sizes, only).dump());
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run(argc, argv); });
}
