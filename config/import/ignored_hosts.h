// IgnoreHosts of opendmarc: a file with a host on each line, whose mail is not judged.
#pragma once

#include "config/import/job.h"

#include <string>
#include <vector>

namespace config::import {

struct IgnoredHosts {
    std::vector<std::string> blocks; // without this host, whose mail is not judged anyhow
    bool everybody = false;
};

// What is left out is told, each entry with its place.
[[nodiscard]] IgnoredHosts read_ignored_hosts(Job& job);

} // namespace config::import
