// A source that is a file: what was kept of it holds until the file changes or is replaced.
#pragma once

#include "keys/source/source.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace keys::source {

// Of the file's place, size and times, and of those of a journal beside it ("-wal" of SQLite); 0: there is no
// such file.
[[nodiscard]] std::uint64_t edition_of(const std::string& path);

class WatchedFile : public Source {
  public:
    WatchedFile(std::string path, std::unique_ptr<Source> source)
        : path_(std::move(path)), source_(std::move(source)) {}

    [[nodiscard]] Answer look_up(std::string_view name, Time deadline) override {
        return source_->look_up(name, deadline);
    }
    // Looked at anew after a moment: asking the system for every name of every message would cost more than
    // the rest of a lookup.
    [[nodiscard]] std::uint64_t edition() const override;

  private:
    std::string path_;
    mutable std::atomic<std::uint64_t> edition_{0};
    mutable std::atomic<std::chrono::steady_clock::rep> looked_{0}; // when
    std::unique_ptr<Source> source_;
};

} // namespace keys::source
