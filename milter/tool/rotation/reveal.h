// Makes a private key public that signs no more: from then on, a signature made with it proves nothing.
#pragma once

#include "milter/tool/rotation/files.h"

#include "config/settings.h"

#include <string>

namespace milter::tool::rotation {

struct RevealedKey {
    std::string domain, selector;
    std::string file; // of the private key
};

// Moves it to SELECTOR._domainkey.DOMAIN.pem in the directory of the settings, for everybody to read.
// Refused: it was not made by rotation, the configuration or another journal has the same key, or what they
// have cannot be told. May be done twice. Returns where it is then.
[[nodiscard]] base::Result<std::string, std::string>
reveal_key(const RevealedKey& key, const config::Settings& settings, const Files& files);

} // namespace milter::tool::rotation
