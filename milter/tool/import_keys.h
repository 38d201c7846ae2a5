// The keys of an import: whether paraphd gets at them, and copies that it does.
#pragma once

#include "config/import/import.h"
#include "milter/tool/command.h"
#include "milter/tool/import_files.h"

#include <string>
#include <vector>

namespace milter::tool {

// A sentence for each key that the daemon's user cannot read, or others can. Keys that are copied need none.
[[nodiscard]] std::vector<std::string> advice_on_keys(const std::vector<config::import::UsedKey>& keys,
                                                      const HostFiles& files, bool here);

// Copies are root's, and the daemon's group may read them. A key that cannot be read is told and left out.
[[nodiscard]] Result<void> copy_keys(const std::vector<config::import::UsedKey>& keys, const HostFiles& files,
                                     Console& console);

// A private key that the daemon may have: `naming` is the file that names it. The error is a reason without
// the path.
[[nodiscard]] base::Result<std::string, std::string> read_key_to_copy(const std::string& path,
                                                                      const std::string& naming);

} // namespace milter::tool
