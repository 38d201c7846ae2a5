// What the main() of every program of the tests does.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace test {

// Calls it and returns the exit status that it returns. What it throws is printed after the program's name,
// and `failure` is the exit status then.
//
//     int main(int argc, char** argv) {
//         return test::run_program([&] { return run(argc, argv); });
//     }
template <typename Run>
int run_program(const Run& run, int failure = EXIT_FAILURE) {
    try {
        return run();
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, error.what());
        return failure;
    }
}

} // namespace test
