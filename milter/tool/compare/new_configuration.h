// The configuration that an import makes, written for a daemon of this run's own, with copies of the keys.
#pragma once

#include "config/import/import.h"
#include "config/settings.h"
#include "milter/tool/command.h"
#include "milter/tool/import_files.h"

#include <string>

namespace milter::tool::compare {

struct NewConfiguration {
    config::import::Outcome outcome;
    std::string file;
    config::Settings settings;
};

// In the directory `room`. `own`: a configuration to take instead; what the import makes is only looked at.
[[nodiscard]] Result<NewConfiguration> write_configuration(config::import::Inputs inputs,
                                                           const std::string& own, const std::string& room,
                                                           const HostFiles& files, Console& console);

} // namespace milter::tool::compare
