// The files of a configuration, as bytes.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace config {

// The file's bytes, or why not. Regular files of at most max_file_bytes only: a FIFO or a device would block
// or never end.
[[nodiscard]] base::Result<std::string, std::string> read_source(const std::string& path);

// `path` if it is absolute, else below `directory` (which may be empty: the working directory).
[[nodiscard]] std::string resolve_path(std::string_view directory, std::string_view path);

// The directory part of a path, made absolute.
[[nodiscard]] std::string directory_of(const std::string& path);

// The files that match a shell pattern, sorted by their bytes. A pattern without wildcards yields itself.
[[nodiscard]] std::vector<std::string> expand_pattern(std::string_view directory, std::string_view pattern);

// Same device and inode: two names of one file. False when either cannot be looked at.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b);

// A path for diagnostics: where nothing is, a key that was pasted in place of a path is not shown.
[[nodiscard]] std::string shown_path(const std::string& path);

// Why nothing can be read at `path`: "No such file or directory". Empty: it exists, or cannot be looked at
// from here, which a check by an unprivileged user must not hold against a file that only the daemon may see.
[[nodiscard]] std::string missing_reason(const std::string& path);

} // namespace config
