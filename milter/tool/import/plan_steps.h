// The plan of an import, which a person could carry out by its commands, as steps that can be taken back.
#pragma once

#include "config/import/import.h"
#include "milter/tool/import/step.h"

#include <map>
#include <string>

namespace milter::tool::import {

// What the steps need, found out while nothing is changed yet.
struct Material {
    uid_t daemon = 0; // user paraph
    gid_t daemon_group = 0;
    gid_t postfix_group = 0;                   // of Postfix's user, who is let at a unix socket
    std::map<std::string, std::string> keys{}; // by the path of the copy
    std::map<std::string, std::string>
        postfix{}; // files of Postfix by path, as the plan's postconf makes them
};

[[nodiscard]] Told<Steps> steps_of(const config::import::Outcome& outcome, const Material& material,
                                   Hands& hands);

} // namespace milter::tool::import
