// What domains have of their own below `rotation:`, and the keys that `paraph key rotate` left for them.
#pragma once

#include "config/load_fields.h"

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace config {

class RotationLoader {
  public:
    // Calls `step` with what stands in the file of that path; a file that cannot be read is reported at
    // `from`.
    using ReadFile = std::function<void(const std::string& path, const Place& from,
                                        const std::function<void(const TreeNode&, const File&)>& step)>;

    RotationLoader(Settings& settings, Report& report, ReadFile read)
        : settings_(settings), report_(report), read_(std::move(read)) {}

    // `rotation:` of a domain, in whichever file.
    void note(const std::string& domain, const Pair& pair, const std::string& prefix, const File& file);
    // When all files are read. `places`: where each domain stands.
    void finish(const std::unordered_map<std::string, Place>& places);

  private:
    void settle(const std::string& domain, DomainEntry& entry, const Place& place);
    void check_plan(const Rotation& plan, const std::string& domain, const Place& place);
    void load_keys(const TreeNode& root, const File& file, const std::string& domain, DomainEntry& entry);
    void take(SigningKeyEntry key, DomainEntry& entry);

    Settings& settings_;
    Report& report_;
    ReadFile read_;
    std::map<std::string, std::vector<std::pair<const RotationSetting*, Value>>> own_;
};

} // namespace config
