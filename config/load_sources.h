// `sources:`: databases and directories, each under a name.
#pragma once

#include "config/load_fields.h"

#include <map>
#include <string>

namespace config {

class SourceLoader {
  public:
    SourceLoader(std::map<std::string, SourceEntry>& sources, Report& report)
        : sources_(sources), report_(report) {}

    void load(const Pair& pair, const File& file);

  private:
    void load_source(const Pair& pair, const File& file);

    std::map<std::string, SourceEntry>& sources_;
    Report& report_;
};

} // namespace config
