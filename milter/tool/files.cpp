#include "milter/tool/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <istream>
#include <ostream>
#include <system_error>

namespace milter::tool {

namespace {

std::string last_error() {
    return std::generic_category().message(errno);
}

Result<std::string> read_all(std::istream& in, const std::string& name) {
    std::string text;
    std::array<char, 65536> chunk{};
    while (in.read(chunk.data(), chunk.size()) || in.gcount() > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
        if (text.size() > max_input_bytes) {
            return fail(ExitCode::data, fmt::format("{}: larger than {} bytes", name, max_input_bytes));
        }
    }
    if (in.bad()) { // a directory opens, and fails here
        return fail(ExitCode::no_input, fmt::format("{}: {}", name, last_error()));
    }
    return text;
}

} // namespace

Result<std::string> read_input(const std::string& path, Console& console) {
    if (path == "-") {
        auto text = read_all(console.in, "standard input");
        // Its stream takes an error for the end.
        if (text && &console.in == &std::cin && std::ferror(stdin) != 0) {
            return fail(ExitCode::no_input, fmt::format("standard input: {}", last_error()));
        }
        return text;
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ExitCode::no_input, fmt::format("{}: {}", path, last_error()));
    }
    return read_all(file, path);
}

Result<void> write_output(const std::string& path, std::string_view text, Console& console) {
    if (path == "-") {
        console.out << text;
        return {};
    }
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", path, last_error()));
    }
    return {};
}

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 4096> chunk{};
    for (;;) {
        const auto count = ::read(descriptor, chunk.data(), chunk.size());
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return text;
        }
        text.append(chunk.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    }
}

} // namespace milter::tool
