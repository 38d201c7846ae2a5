// The configuration language of rspamd (UCL), as far as it takes to know what is set in one section of a
// file:
//
//     enabled = false; path = "/k";   # one line may have several
//     domain { a.test { path = "/x" } }
//     .include(try=true) "$LOCAL_CONFDIR/more.conf"
//
// Nothing is refused: what has no end goes on to the end of the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct UclSetting {
    std::string name;     // in small letters; ".include" of what is included
    std::string value;    // without quotation marks; "{" and "[" of what goes on within them
    std::size_t line = 0; // 1-based, of the name
};

// Those that stand in `section` itself and in nothing below it, in their order; empty: in no section at all.
// What stands in a list is a setting of the list's name each.
[[nodiscard]] std::vector<UclSetting> ucl_settings(std::string_view text, std::string_view section = {});

} // namespace config::import
