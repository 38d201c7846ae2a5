// What the authoritative servers say about the record of a key, as rotation takes it.
#pragma once

#include "crypto/signing_key.h"
#include "keys/rotation.h"
#include "milter/tool/live_record.h"
#include "milter/tool/named_key.h"

#include <string>
#include <vector>

namespace milter::tool::rotation {

// A server shows the record if it publishes this key and nothing that spoils it. What it says counts only
// with its SOA record, which tells how long negative answers are remembered. A name server that has no
// address, or that cannot be reached at any of its addresses, failed; an address to which this host has no
// route is left out where another one of the same server answered. Without a key nobody shows it: then it
// counts only whether there is any record.
[[nodiscard]] std::vector<keys::Sighting> sightings_of(const NamedKey& name, const crypto::SigningKey* key,
                                                       const LiveRecord& live);

// Whether any server has any record there; the error: it cannot be told.
[[nodiscard]] base::Result<bool, std::string> has_record(const LiveRecord& live);

} // namespace milter::tool::rotation
