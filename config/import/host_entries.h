// Lists of hosts of OpenDKIM and OpenDMARC, of which an import takes over what matched somebody, and nobody
// else: they compare text, so that a block with host bits, "*.example.org" in a plain file and other odd
// entries matched no host at all. Here these would.
#pragma once

#include "config/import/data_set.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct HostEntry {
    std::string text;       // as roles.internal_hosts takes it; empty: left out
    std::string why;        // it is left out
    bool strangers = false; // it holds everybody, or nearly
    bool lost = false;      // it is left out though it did match
};

// `patterns`: the list is a refile:, whose names may have wildcards.
[[nodiscard]] HostEntry read_host(std::string_view text, bool patterns);

// The length that "255.255.0.0" says; nothing: it is no mask of a network.
[[nodiscard]] std::optional<unsigned> prefix_of_mask(std::string_view mask);

// OpenDKIM asks for a host with a "!" before it first: whether the row of a refile: answers that for `entry`,
// which then counts for nobody.
[[nodiscard]] bool excepts(std::string_view row, std::string_view entry);

// Whether hosts of many owners are in it, as in 0.0.0.0/0.
[[nodiscard]] bool holds_strangers(std::string_view text);

} // namespace config::import
