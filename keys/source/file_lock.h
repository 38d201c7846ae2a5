// A shared lock on a file, as who writes tables takes an exclusive one (postmap does).
#pragma once

#include "keys/source/source.h"

#include <string>

namespace keys::source {

class FileLock {
  public:
    // Waits until the deadline for who writes.
    FileLock(const std::string& path, Time deadline);
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

    // Why there is no lock: "No such file or directory"; empty: there is one.
    [[nodiscard]] const std::string& problem() const { return problem_; }

  private:
    int descriptor_;
    std::string problem_;
};

} // namespace keys::source
