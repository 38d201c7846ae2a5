// Where rotation keeps what it knows: keys, a journal for each domain, and the file of each domain that the
// daemon reads with its configuration. A file is written beside the old one and put in its place when it is
// on the disk.
#pragma once

#include "keys/file_bytes.h"
#include "keys/rotation_journal.h"
#include "milter/tool/command.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace milter::tool::rotation {

// Writes `text` in the place of what is at `path`.
[[nodiscard]] base::Result<void, std::string> replace_file(const std::string& path, std::string_view text,
                                                           std::optional<gid_t> group, bool everybody);

class Files {
  public:
    // `group` may read what the daemon needs.
    Files(std::string directory, std::optional<gid_t> group)
        : directory_(std::move(directory)), group_(group) {}

    // Makes the directory. Until this object is gone nobody else changes anything in it: refused where
    // somebody does so now.
    [[nodiscard]] Result<void> lock();
    // For who goes on without changing anything. Does nothing where it was not locked.
    void unlock() { lock_.reset(); }

    // An empty one where there is none.
    [[nodiscard]] base::Result<keys::RotationJournal, std::string>
    read_journal(const std::string& domain) const;
    // That have a journal.
    [[nodiscard]] base::Result<std::vector<std::string>, std::string> domains() const;
    [[nodiscard]] bool has_journal(const std::string& domain) const;
    [[nodiscard]] base::Result<void, std::string> save(const keys::RotationJournal& journal) const;

    // What the daemon reads. False: it is there already, and the daemon has read it.
    [[nodiscard]] base::Result<bool, std::string> write_keys(const keys::RotationJournal& journal,
                                                             const std::set<std::string>& signing) const;

    // The daemon has read what write_keys() wrote last.
    [[nodiscard]] base::Result<void, std::string> note_reload(const std::string& domain) const;

    [[nodiscard]] std::string key_file(const std::string& domain, const std::string& selector) const;
    // Of this directory, and not of the configuration.
    [[nodiscard]] bool is_own(const std::string& file) const;
    [[nodiscard]] std::optional<gid_t> group() const { return group_; }
    [[nodiscard]] std::string journal_file(const std::string& domain) const;

  private:
    std::string directory_;
    std::optional<gid_t> group_;
    std::unique_ptr<keys::Descriptor> lock_;
};

} // namespace milter::tool::rotation
