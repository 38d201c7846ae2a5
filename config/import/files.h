// The files of the programs that are imported. The import itself touches no disk.
#pragma once

#include "base/result.h"

#include <string>
#include <vector>

namespace config::import {

// More than any configuration has; tables are larger.
inline constexpr std::size_t max_file_bytes = std::size_t{64} * 1024 * 1024;

class Files {
  public:
    Files() = default;
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
    virtual ~Files() = default;

    // A regular file of at most max_file_bytes. The error is a reason without the path.
    [[nodiscard]] virtual base::Result<std::string, std::string> read(const std::string& path) const = 0;
    // Whether there is anything of that name.
    [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
    // The names in a directory, sorted; none where there is no such directory.
    [[nodiscard]] virtual std::vector<std::string> names_in(const std::string& directory) const = 0;
};

// One that is there and cannot be read.
struct UnreadFile {
    std::string path;
    std::string why;
};

// Empty where there is no such file.
[[nodiscard]] inline base::Result<std::string, std::string> read_if_there(const Files& files,
                                                                          const std::string& path) {
    return files.exists(path) ? files.read(path) : std::string();
}

} // namespace config::import
