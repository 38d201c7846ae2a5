// Opening and reading files that may be anything.
#pragma once

#include "base/result.h"
#include "keys/access_list.h"

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>

namespace keys {

// A file descriptor that is closed in the end.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    [[nodiscard]] int get() const { return number_; }
    // False when the kernel reports that what was written may be lost.
    [[nodiscard]] bool close();

  private:
    int number_;
};

// Opens for reading, but neither waits for a FIFO nor takes a terminal as controlling terminal.
class OpenFile {
  public:
    explicit OpenFile(const std::string& path, bool follow_link = true);

    // Nothing when it could not be opened.
    [[nodiscard]] std::optional<struct stat> status() const;
    [[nodiscard]] FoundList access_list() const { return access_list_of(descriptor_.get()); }
    // The bytes of a regular file of at most `limit` bytes, or why not: "No such file or directory".
    [[nodiscard]] base::Result<std::string, std::string> read(std::size_t limit) const;

  private:
    int error_; // errno of opening; 0: it is open
    Descriptor descriptor_;
};

[[nodiscard]] std::string error_text(int number);

// A path for diagnostics: where nothing is, a key that was pasted in place of a path is not shown.
[[nodiscard]] std::string shown_path(const std::string& path);

} // namespace keys
