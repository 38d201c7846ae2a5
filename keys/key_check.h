// All keys that are named without `%`, as a check of the configuration should look at them: their files, and
// where that is wanted, what is in these.
#pragma once

#include "keys/file_safety.h"
#include "keys/key_cache.h"
#include "keys/key_store.h"
#include "keys/key_table.h"
#include "keys/problem.h"
#include "keys/signing_table.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keys {

// The tables in memory, and where they stand.
struct CheckedTables {
    const KeyTable& keys;
    const std::string& key_file;
    const std::string& holder; // the file that has the rows of the KeyTable
    const SigningTable& signing;
    const std::string& signing_file;
};

using FoundKey = base::Result<KeyCache::Key, std::string>;
using ReadKey = std::function<FoundKey(const std::string& path)>;

// Why keys in the KeyTable itself are not to be used; nothing: they may be.
[[nodiscard]] std::optional<std::string> check_keys(const KeyOptions& options, const Reader& reader,
                                                    const CheckedTables& tables, const ReadKey& read,
                                                    std::vector<Problem>& problems);

// Why a key must not be used in the row that names it; empty: it may.
[[nodiscard]] std::string algorithm_problem(const KeyRow& row, const crypto::SigningKey& key);

} // namespace keys
