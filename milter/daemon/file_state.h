// Whether any of many files is another one than before, or has been written.
//
// The files are looked at by name (stat). That sees a file that was put in the place of another one, works on
// every file system and for any number of files, and needs no descriptors; inotify does neither over NFS nor
// for 200,000 key files.
#pragma once

#include <cstdint>
#include <string>

namespace milter::daemon {

// By the clock of the system, as FileState::last_change() is.
[[nodiscard]] std::int64_t time_now();

class FileState {
  public:
    // The order of the files counts.
    void add(const std::string& path);

    [[nodiscard]] std::uint64_t value() const { return value_; }
    // When the last of them changed, by the clock of the file system: nanoseconds since 1970.
    [[nodiscard]] std::int64_t last_change() const { return last_change_; }

  private:
    void mix(std::uint64_t number);

    std::uint64_t value_ = 0;
    std::int64_t last_change_ = 0;
};

} // namespace milter::daemon
