// A file as it was, in memory: what a library maps of it stays there, whatever becomes of the file.
#pragma once

#include "keys/file_bytes.h"

#include <cstddef>
#include <string>

namespace keys::source {

class MemoryCopy {
  public:
    // Of at most `limit` bytes.
    MemoryCopy(const std::string& path, std::size_t limit);

    // Why there is none: "No such file or directory"; empty: there is one.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    // Where it can be opened, as long as this lives or somebody has it open.
    [[nodiscard]] std::string path() const;
    [[nodiscard]] std::size_t size() const { return size_; }
    // Zeros behind its end: they take no memory.
    [[nodiscard]] bool extend(std::size_t size) const;

  private:
    [[nodiscard]] std::string copy(int from, std::size_t limit);

    Descriptor memory_;
    std::size_t size_ = 0;
    std::string problem_;
};

} // namespace keys::source
