// Lists of hosts of OpenDKIM and OpenDMARC, of which an import takes over what matched somebody, and nobody
// else: they compare text, so that a block with host bits, "*.example.org" in a plain file and other odd
// entries matched no host at all. Here these would.
#pragma once

#include "config/import/data_set.h"

#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct HostEntry {
    std::string text;       // as roles.internal_hosts takes it; empty: left out
    std::string why;        // it is left out
    bool strangers = false; // it holds everybody, or nearly
};

// `patterns`: the list is a refile:, whose names may have wildcards.
[[nodiscard]] HostEntry read_host(std::string_view text, bool patterns);

// Whether hosts of many owners are in it, as in 0.0.0.0/0.
[[nodiscard]] bool holds_strangers(std::string_view text);

} // namespace config::import
