// A key of this site, in a file of its own (reports.token_key): what is made with it nobody else can make.
#pragma once

#include "base/result.h"
#include "crypto/mac.h"
#include "keys/key_file.h"

#include <string>

namespace milter::reports {

// Refused: it is not there, is none, or others than the reader can read it.
[[nodiscard]] base::Result<crypto::MacKey, std::string> read_site_key(const std::string& path,
                                                                      const keys::Reader& reader);

// Makes the file where there is none, for the owner of the directory alone. False, with errno: it cannot.
[[nodiscard]] bool make_site_key(const std::string& path);

// Both.
[[nodiscard]] base::Result<crypto::MacKey, std::string> site_key(const std::string& path);

} // namespace milter::reports
