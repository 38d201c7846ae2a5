// The private keys with which something can be signed, whoever the domains are that sign with them: for who
// has to know whether a key is in use at all.
#pragma once

#include "milter/tool/all_keys.h"

namespace milter::tool {

// All that the configuration names, each under one of its names. Of `default` and of what is for any name
// below a domain the keys are known, and only the domains are not; of a row of the KeyTable for any domain
// all files count that are there. Passed over is what may hold any key: a KeyTable in a database.
[[nodiscard]] Result<AllKeys> private_keys(const config::Settings& settings);

} // namespace milter::tool
