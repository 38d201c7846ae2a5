// The zonedata of an SPF test suite as a DNS that answers: the rules are those of the suite's own driver.
#pragma once

#include "dns/answers.h"

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace suite {

class Zone {
  public:
    explicit Zone(const YAML::Node& zonedata);

    // What a resolver would say: CNAME followed, a loop of them a failure.
    [[nodiscard]] dns::Answer answer(const dns::Question& question) const;

  private:
    struct Entry {
        std::string type;                // "A", "TXT", ...; "TIMEOUT" for a server that stops answering here
        std::vector<std::string> fields; // of the record data; more than one for MX, and for TXT in pieces
    };
    using Entries = std::vector<Entry>;

    static Entries load(const YAML::Node& records);
    [[nodiscard]] const Entries* find(const std::string& name) const;
    [[nodiscard]] dns::Answer nothing(const std::string& name) const;

    std::map<std::string, Entries> names_;
};

} // namespace suite
