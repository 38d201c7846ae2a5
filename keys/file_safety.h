// Which other users can read or replace a private key. A key file must belong to root or to the daemon's
// user; nobody else may write it; beside the owner only root's group or a group of the daemon may read it;
// and nobody else may be able to put another file in its place. So every directory above it, up to the root,
// must belong to root or to the daemon's user, and neither a group nor others may write it: a group that is
// harmless today has another member tomorrow. The same holds for the users and groups of an access control
// list.
#pragma once

#include "base/result.h"
#include "keys/access_list.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keys {

// The user that is going to read the keys.
struct Reader {
    uid_t user = 0;
    std::vector<gid_t> groups;
    std::string name; // for diagnostics
    // Whose files are as good as its own: the daemon's, for root who does the daemon's work.
    std::optional<uid_t> also_trusted{};

    // This process.
    [[nodiscard]] static Reader self();
    // Another user, as the check of a configuration by root needs it.
    [[nodiscard]] static base::Result<Reader, std::string> of_user(const std::string& name);

    [[nodiscard]] bool has_group(gid_t group) const;
    [[nodiscard]] bool trusts(uid_t owner) const {
        return owner == 0 || owner == user || owner == also_trusted;
    }
};

// What matters about a file or a directory.
struct Ownership {
    uid_t user = 0;
    gid_t group = 0;
    mode_t mode = 0; // the permission bits, sticky included
    bool is_link = false;
    std::optional<AccessList> list = {};

    // What the owning group may do.
    [[nodiscard]] mode_t group_mode() const { return list ? list->group : mode & 0070U; }
};

// "can be read by others (mode 0644, owner root:root); chmod 0600 it". Nothing: the file is safe.
[[nodiscard]] std::optional<std::string> file_danger(const Ownership& file, const Reader& reader);
// "cannot be read by user paraph (mode 0600, owner root:root)". Nothing: it can.
[[nodiscard]] std::optional<std::string> unreadable(const Ownership& file, const Reader& reader);

// How others can replace an entry of a directory: "can be written by its group (...); chmod g-w it". Nothing:
// they cannot. With the sticky bit (/tmp, and the volumes in which container platforms hand over secrets)
// only the owners of entry and directory can, so that it is they who count.
[[nodiscard]] std::optional<std::string> replace_danger(const Ownership& directory, const Ownership& entry,
                                                        const Reader& reader);

// The directories above files, each looked at once.
class DirectoryGuard {
  public:
    explicit DirectoryGuard(const Reader& reader) : reader_(reader) {}

    // "/srv/keys, above it, can be written by others (mode 0777, owner root:root); chmod o-w it". Nothing:
    // all are safe, or nothing is there. `path` must be absolute. Symbolic links count with the directories
    // they lead through; what cannot be looked at, or lies behind more links than the kernel follows, is not
    // safe. `known` is what stands at the path, which is no link then, for who looked already.
    [[nodiscard]] std::optional<std::string> danger_above(const std::string& path,
                                                          const Ownership* known = nullptr);

    // "/srv/keys, above it, cannot be entered by user paraph (mode 0700, owner root:root); move the file to
    // where the daemon's files are, such as /etc/paraph". Nothing: all can.
    [[nodiscard]] std::optional<std::string> barrier_above(const std::string& path);

  private:
    struct Directory {
        base::Result<Ownership, int> facts;
        std::optional<std::string> danger;  // above it
        std::optional<std::string> barrier; // it, or one above it
    };

    [[nodiscard]] std::optional<std::string> look_above(const std::string& path, const Ownership* known);
    [[nodiscard]] std::optional<std::string> follow(const std::string& link, const std::string& parent);
    [[nodiscard]] std::optional<std::string> barrier_of(const std::string& path,
                                                        const base::Result<Ownership, int>& found);
    [[nodiscard]] const Directory& directory(const std::string& path);

    const Reader& reader_;
    int links_ = 0; // followed for this path
    std::unordered_map<std::string, Directory> known_;
};

// Of the link itself when the path is one. The error is one of errno.
[[nodiscard]] base::Result<Ownership, int> ownership_of(const std::string& path);

} // namespace keys
