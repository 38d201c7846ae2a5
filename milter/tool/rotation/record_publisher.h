// Puts records of keys into the DNS and takes them out again, in the way that the settings name.
#pragma once

#include "config/rotation_settings.h"
#include "milter/tool/zone_servers.h"

#include <string>
#include <vector>

namespace milter::tool::rotation {

struct KeyRecord {
    std::string selector;
    std::string name;
    std::string value;
};

struct RecordChange {
    bool adds = true;
    std::string domain;
    KeyRecord record;
    std::vector<KeyRecord> all = {}; // of the domain afterwards, for a file of them
    bool replaces = false;           // what else is at its name
};

// Each change may be made twice. The recursion is for the zone that a name is in.
[[nodiscard]] base::Result<void, std::string>
change_record(const RecordChange& change, const config::Rotation& settings, const Recursion& recursion);

} // namespace milter::tool::rotation
