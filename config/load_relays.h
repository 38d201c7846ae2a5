// `relays.hosts`: the list of relays of our own.
#pragma once

#include "config/load_fields.h"

#include <optional>
#include <vector>

namespace config {

class RelayLoader {
  public:
    RelayLoader(std::vector<RelayEntry>& relays, Report& report) : relays_(relays), report_(report) {}

    void load(const Pair& pair, const File& file);
    // Where the list is given.
    [[nodiscard]] const std::optional<Place>& place() const { return place_; }

  private:
    void load_relay(const TreeNode& item, const File& file);

    std::vector<RelayEntry>& relays_; // one for each item of the list, also for those with errors
    Report& report_;
    std::optional<Place> place_;
};

} // namespace config
