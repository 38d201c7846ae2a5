// Bounds on what one configuration may cost. The files are the operator's own, so these catch mistakes (a log
// file named as configuration, an alias that multiplies itself), not attacks; they lie far above any real
// installation.
#pragma once

#include <cstddef>

namespace config {

constexpr std::size_t max_file_bytes = std::size_t{64} * 1024 * 1024;
constexpr std::size_t max_included_files = 1'000'000;
constexpr std::size_t max_nodes =
    8'000'000;                         // YAML values in one file, aliases counted as what they stand for
constexpr std::size_t max_depth = 100; // of lists and mappings in each other
constexpr std::size_t max_profiles = 100;
constexpr std::size_t max_exceptions = 10'000; // of all files
constexpr std::size_t max_patterns = 1000;     // of one exception
constexpr std::size_t max_exception_files = 1000;
constexpr std::size_t max_diagnostics = 1000;     // what follows is counted, not told
constexpr std::size_t max_suggestion_length = 64; // a longer name is not compared with the known ones

} // namespace config
