// Runs stored inputs through a target, without libFuzzer and with any compiler.
//
//     fuzz_replay TARGET DIRECTORY_OR_FILE...
//
// The input that breaks a property is the last one named.
#include "fuzz/property.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace {

namespace fs = std::filesystem;

// Those of a directory that is not there are none.
std::vector<fs::path> inputs(const fs::path& place) {
    if (fs::is_regular_file(place)) {
        return {place};
    }
    std::vector<fs::path> files;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(place, missing)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

const fuzz::Target* find(std::string_view name) {
    const auto& all = fuzz::Target::all();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name() == name; });
    return found == all.end() ? nullptr : &*found;
}

// The replay itself has a test: it must notice this.
void run_self_check(std::string_view input) {
    fuzz::require(input.empty(), "a broken property is noticed");
}
const fuzz::Target self_check("self_check", run_self_check);

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const auto* target = arguments.empty() ? nullptr : find(arguments.front());
    if (target == nullptr) {
        std::fputs("usage: fuzz_replay TARGET DIRECTORY_OR_FILE...\n", stderr);
        return 2;
    }
    std::size_t count = 0;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        for (const auto& file : inputs(arguments[i])) {
            std::printf("%s\n", file.c_str());
            std::fflush(stdout);
            target->run(read(file));
            ++count;
        }
    }
    std::printf("%zu inputs hold\n", count);
    return count == 0 ? 1 : 0;
}
