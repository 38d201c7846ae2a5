// What `policy:` holds beside plain settings: profiles, exceptions, and files with more of them.
#pragma once

#include "config/check_policy.h"
#include "config/load_fields.h"
#include "config/policy_schema.h"

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace config {

// Reads a file of its own and gives its tree and the file to the step; reports what is wrong with it at
// `from`.
using ReadFile = std::function<void(const std::string& path, const Place& from,
                                    const std::function<void(const TreeNode&, const File&)>& step)>;

// A profile begins as a copy of the default policy, wherever it stands in the file, so that profiles are only
// noted until the rest is read.
class PolicyLoader {
  public:
    PolicyLoader(Settings& settings, Report& report, ReadFile read_file)
        : settings_(settings), report_(report), read_file_(std::move(read_file)) {}

    // `profiles:` or `exceptions:` of the main file.
    void note(const Pair& pair);
    // When everything else of the main file is read.
    void finish(const TreeNode* root, const File& file);

    [[nodiscard]] const PolicyPlaces& places() const { return places_; }

  private:
    void load_profiles(const Pair& pair, const File& file);
    void load_profile(const Pair& pair, const File& file);
    void load_replies(const Pair& pair, const std::string& prefix, ProfileEntry& profile, const File& file);
    [[nodiscard]] bool may_be_profile(const TreeNode& name, const File& file);
    void load_exceptions(const TreeNode& list, const File& file);
    void load_exception(const TreeNode& item, const File& file);
    void note_given_twice(const std::string& name, const Place& place, const Place& first);
    void load_files(const TreeNode* list, const File& file);
    void note_places(const TreeNode& mapping, const std::string& prefix, const File& file);

    Settings& settings_;
    Report& report_;
    ReadFile read_file_;
    std::vector<Pair> noted_;
    PolicyPlaces places_;
    static constexpr std::size_t most_told_twice = 5;
    std::unordered_map<std::string, Place> exception_names_;
    std::size_t names_given_twice_ = 0;
    Place last_given_twice_;
};

} // namespace config
