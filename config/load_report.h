// Collects what is wrong while the files are read.
#pragma once

#include "config/diagnostic.h"
#include "config/load_tree.h"

#include <cstddef>
#include <string>
#include <vector>

namespace config {

// The file being read, as the parts of the loader see it.
struct File {
    std::string name;
    std::string directory; // relative paths in the file start here; empty: the working directory
    std::size_t number;    // in the order of reading
};

// A point in one of the files.
struct Place {
    const File* file = nullptr;
    std::size_t line = 0;
    std::size_t column = 0;
};

[[nodiscard]] inline Place place_of(const File& file, const TreeNode& node) {
    return {&file, node.line, node.column};
}

// "FILE:LINE:COLUMN"
[[nodiscard]] std::string print(const Place& place);

class Report {
  public:
    void error(const Place& place, std::string message, std::string hint = {});
    // Of one domain: it has no keys, everything else works.
    void local_error(const Place& place, std::string message, std::string hint = {});
    void warning(const Place& place, std::string message, std::string hint = {});

    [[nodiscard]] bool has_errors() const { return errors_ > 0; }
    [[nodiscard]] std::size_t errors() const { return errors_; }
    // In the order of files and lines, at most max_diagnostics and a last one that counts the rest.
    [[nodiscard]] std::vector<Diagnostic> take();

  private:
    struct Entry {
        std::size_t file;
        Diagnostic diagnostic;
    };

    void add(Severity severity, const Place& place, std::string message, std::string hint);

    std::vector<Entry> entries_;
    std::size_t errors_ = 0;
    std::size_t untold_ = 0;
};

} // namespace config
