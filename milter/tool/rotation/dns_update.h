// A dynamic update of one TXT record (RFC 2136), signed (TSIG, RFC 8945). Nothing but that very record is
// added or taken away, whatever else is at its name, unless it is to replace that. So doing it twice is the
// same as once.
#pragma once

#include "base/result.h"
#include "dns/server.h"
#include "milter/tool/rotation/tsig_key.h"

#include <optional>
#include <string>

namespace milter::tool::rotation {

struct RecordUpdate {
    bool adds = true; // else it is taken away
    std::string zone;
    std::string name;
    std::string value;
    unsigned ttl = 3600;
    bool replaces = false; // all TXT records at the name go first
};

// Done when the server has said so; with a key, in an answer that it has signed.
[[nodiscard]] base::Result<void, std::string>
send_update(const RecordUpdate& update, const dns::Server& server, const std::optional<TsigKey>& key);

} // namespace milter::tool::rotation
