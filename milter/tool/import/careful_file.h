// Reading as root what lies in directories of other users. Whoever may change a directory can put a link into
// it, to a file that he may not read himself; what root copies for the daemon's group would show it to him.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>

namespace milter::tool::import {

struct CarefulFile {
    std::string bytes;
    uid_t owner = 0;
    std::set<uid_t> changers{}; // users beside root (and who asks) that can put other bytes there
    bool by_group = false;      // and so can a group, or everybody
};

// A regular file. Links are followed where only root, or who asks, can have made them. The error is a reason
// without the path: "No such file or directory".
[[nodiscard]] base::Result<CarefulFile, std::string> read_carefully(const std::string& path,
                                                                    std::size_t limit);

// Why a file, which `naming` names, is not to be copied for the daemon; empty: it may be. Who can change the
// one that names it must own it.
[[nodiscard]] std::string copy_danger(const CarefulFile& file, const CarefulFile& naming);

} // namespace milter::tool::import
