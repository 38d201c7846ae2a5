// Plays scenario files and compares what comes of them with what they expect.
//
//     scenario_tests FILE|DIRECTORY...       exit 1 when any differs
//     scenario_tests --print FILE            what comes of it, to write an [expect] section from

#include "base/ascii.h"
#include "config/choices.h"
#include "play.h"
#include "support/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
using scenario::Manner;

using Lines = std::vector<std::string>;

// `*` stands for any text.
bool matches(std::string_view pattern, std::string_view text) {
    const auto pieces = base::split(pattern, '*');
    if (pieces.size() == 1) {
        return pattern == text;
    }
    if (!text.starts_with(pieces.front())) {
        return false;
    }
    text.remove_prefix(pieces.front().size());
    for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
        const auto at = text.find(pieces[i]);
        if (at == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(at + pieces[i].size());
    }
    return text.ends_with(pieces.back());
}

bool all_match(const Lines& expected, const Lines& actual) {
    return std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), matches);
}

// Everything that must not matter, one departure from the ordinary at a time.
std::vector<Manner> manners() {
    using spf::LookAhead;
    return {{65535, LookAhead::records},
            {1, LookAhead::records},
            {7, LookAhead::records},
            {65535, LookAhead::none},
            {65535, LookAhead::all}};
}

std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

bool report(const fs::path& file, const std::string& problem) {
    fmt::print(stderr, "{}: {}\n", file.string(), problem);
    return false;
}

bool check(const fs::path& file, const scenario::TestKeys& keys) {
    const auto parsed = scenario::parse(read(file));
    if (!parsed) {
        return report(file, fmt::format("line {}: {}", parsed.error().position, parsed.error().message));
    }
    for (const Manner& manner : manners()) {
        const auto actual = scenario::play(*parsed, keys, manner);
        if (!actual) {
            return report(file, actual.error());
        }
        if (!all_match(parsed->expected, *actual)) {
            return report(
                file,
                fmt::format("{} (body in pieces of {}, look-ahead {})\n  expected\n    {}\n  but got\n    {}",
                            parsed->title, manner.body_chunk,
                            config::word_of(config::look_ahead_choices, manner.look_ahead),
                            fmt::join(parsed->expected, "\n    "), fmt::join(*actual, "\n    ")));
        }
    }
    return true;
}

bool print(const fs::path& file, const scenario::TestKeys& keys) {
    const auto parsed = scenario::parse(read(file));
    if (!parsed) {
        return report(file, fmt::format("line {}: {}", parsed.error().position, parsed.error().message));
    }
    const auto actual = scenario::play(*parsed, keys, {});
    if (!actual) {
        return report(file, actual.error());
    }
    fmt::print("{}\n", fmt::join(*actual, "\n"));
    return true;
}

std::vector<fs::path> collect(const std::vector<std::string>& arguments) {
    std::vector<fs::path> files;
    for (const std::string& argument : arguments) {
        if (!fs::is_directory(argument)) {
            files.emplace_back(argument);
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(argument)) {
            if (entry.path().extension() == ".scenario") {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

int run(std::vector<std::string> arguments) {
    const bool only_print = !arguments.empty() && arguments.front() == "--print";
    if (only_print) {
        arguments.erase(arguments.begin());
    }
    const scenario::TestKeys keys;
    const auto files = collect(arguments);
    const auto failed = std::count_if(files.begin(), files.end(), [&](const fs::path& file) {
        return only_print ? !print(file, keys) : !check(file, keys);
    });
    if (!only_print) {
        fmt::print("{} scenarios, {} failed\n", files.size(), failed);
    }
    return failed == 0 && !files.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run({argv + 1, argv + argc}); });
}
