// The keys that the configuration names: in `domains`, in `default` and in the KeyTable.
#pragma once

#include "base/domain_name.h"
#include "milter/tool/named_key.h"

#include <string>
#include <vector>

namespace milter::tool {

struct AllKeys {
    std::vector<NamedKey> keys; // in the order of the files, none twice
    // What cannot be listed, in words: rows for any domain (`%`) of which no domain is known, databases.
    std::vector<std::string> passed_over;
};

// A row of the KeyTable for any domain stands for the domains that the SigningTable names with it, `default`
// for those of its list.
[[nodiscard]] Result<AllKeys> all_keys(const config::Settings& settings);

// Those that sign mail from this domain: of the entry that is for it, and the rows of the KeyTable.
// `selector` may be empty: all.
[[nodiscard]] Result<AllKeys> keys_of_domain(const config::Settings& settings, const base::DomainName& domain,
                                             const std::string& selector);

// Those that are in this file.
[[nodiscard]] std::vector<NamedKey> keys_in_file(const config::Settings& settings, const std::string& file);

// Retired keys are passed over: their records are to be gone.
void pass_over_retired(AllKeys& all);

} // namespace milter::tool
