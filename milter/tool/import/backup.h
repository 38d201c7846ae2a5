// A directory for each switch that was made or begun, /var/lib/paraph/import/20261129T080000Z: the old files,
// and the journal. What is put back as root comes from there, so that nobody but root may change it.
#pragma once

#include "keys/file_bytes.h"
#include "milter/tool/import/hands.h"

#include <memory>
#include <optional>
#include <string>

namespace milter::tool::import {

inline constexpr const char* backup_root = "/var/lib/paraph/import";

class Backups {
  public:
    explicit Backups(std::string root = backup_root) : root_(std::move(root)) {}

    // Makes the directory, and keeps everybody else out until this object is gone.
    [[nodiscard]] Done lock();
    // The last one that has a journal; empty: there is none.
    [[nodiscard]] std::string latest() const;
    // A new one; `time` names it.
    [[nodiscard]] Told<std::string> create(const std::string& time) const;

  private:
    std::string root_;
    std::unique_ptr<keys::Descriptor> lock_;
};

// One of them.
class Backup {
  public:
    explicit Backup(std::string directory) : directory_(std::move(directory)) {}

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] Done keep(const std::string& name, const std::string& bytes) const;
    [[nodiscard]] Told<std::string> kept(const std::string& name) const;
    [[nodiscard]] Done save(const std::string& journal) const { return keep("journal.json", journal); }
    [[nodiscard]] Told<std::string> journal() const { return kept("journal.json"); }

  private:
    std::string directory_;
};

} // namespace milter::tool::import
