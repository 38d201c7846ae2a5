// Settings of the Postfix on this host, as postconf(1) reports them.
#pragma once

#include "milter/tool/command.h"

#include <map>
#include <string>
#include <vector>

namespace milter::tool {

struct PostfixSettings {
    // Of one service, by `-o NAME=VALUE` in master.cf.
    struct Override {
        std::string service; // "smtp/inet"
        std::string name;
        std::string value;
    };

    std::map<std::string, std::string> main; // by name; empty: not set, or not known to this version
    std::vector<Override> overrides;

    [[nodiscard]] std::string of(const std::string& name) const;
};

// Asks postconf for `names`, in main.cf and in master.cf.
[[nodiscard]] Result<PostfixSettings> read_postfix_settings(const std::vector<std::string>& names);

} // namespace milter::tool
