// Reading the configuration file and what it includes. The only place that knows YAML.
#pragma once

#include "config/diagnostic.h"
#include "config/settings.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// The place in a file that gives a setting.
struct Origin {
    std::string file;
    std::size_t line = 0;
};

struct IncludePattern {
    std::string directory;
    std::string pattern;
};

struct Loaded {
    std::optional<Settings> settings;                   // absent when there is any error
    std::map<std::string, Origin, std::less<>> origins; // of what the files give, by its dotted path; of a
                                                        // domain by "domains.NAME"; of what it has
                                                        // by "domains.NAME.keys"
    std::vector<Diagnostic> diagnostics;  // all of them at once, in the order of files and lines
    std::vector<std::string> files;       // every file that was read, the main one first
    std::vector<IncludePattern> patterns; // what `include:` names by pattern: a new file may fit it
    std::optional<Settings> partial; // where there are errors: what could be read anyway, the rest as the
                                     // defaults have it. For finding more errors, never for use.
    bool parsed = true;              // false: in some file no setting could be told from another
};

// All errors are reported, not the first. Never throws.
[[nodiscard]] Loaded load_file(const std::string& path);
// For the daemon: with the text that the file has or had, what it includes is read anew; without `origins`,
// which of 100,000 domains cost as much as the settings.
[[nodiscard]] Loaded load_file_as(std::string_view yaml, const std::string& path);
// The same from memory; `name` stands for the file in diagnostics, relative paths are taken from the working
// directory.
[[nodiscard]] Loaded load_text(std::string_view yaml, const std::string& name);

// The defaults, as an empty file would give.
[[nodiscard]] Settings default_settings();

} // namespace config
