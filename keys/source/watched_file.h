// A source that is a file: what was kept of it holds until the file changes or is replaced.
#pragma once

#include "keys/source/source.h"

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
    [[nodiscard]] std::uint64_t edition() const override { return edition_of(path_); }

  private:
    std::string path_;
    std::unique_ptr<Source> source_;
};

} // namespace keys::source
