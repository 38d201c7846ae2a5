// Private keys in a directory that another program made, and whose they are: by the record file beside them,
// by their names, by the directory they are in.
#pragma once

#include "milter/tool/named_key.h"

#include <cstddef>
#include <string>
#include <vector>

namespace milter::tool {

struct FoundKey {
    NamedKey name; // domain or selector are empty where nothing tells them
    std::string kind;
    std::size_t bits = 0;
    std::string problem; // why it cannot be used
    std::string doubt;   // what should be looked at
};

// A file, or the .private, .pem and .key files in a directory and the two below it. Nothing is changed.
// Refused is what cannot be looked at.
[[nodiscard]] Result<std::vector<FoundKey>> find_keys(const std::string& path);

} // namespace milter::tool
