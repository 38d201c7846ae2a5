// What a file has in it.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

namespace test {

// Empty as well where there is no such file.
inline std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace test
