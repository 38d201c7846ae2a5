// The differences of all messages, alike ones together.
#pragma once

#include "milter/tool/compare/reasons.h"

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace milter::tool::compare {

struct Group {
    Way way = Way::inbound;
    Difference difference;
    const Reason* reason = nullptr; // null: not known
    std::size_t messages = 0;
    std::string example; // the first one
};

class Tally {
  public:
    void add(const Case& one, const std::string& name);
    void note_unreadable(const std::string& name, const std::string& problem);
    void note_message(Way way, bool differs);
    void note_signed() { ++signed_; }

    // Those of unknown reason first, then by number.
    [[nodiscard]] std::vector<Group> groups() const;
    [[nodiscard]] std::size_t compared(Way way) const { return compared_[way == Way::inbound ? 0 : 1]; }
    // Those of your own that either side signed.
    [[nodiscard]] std::size_t signed_count() const { return signed_; }
    [[nodiscard]] std::size_t same() const { return same_; }
    [[nodiscard]] std::size_t unreadable() const { return unreadable_; }
    // Some of them: "cur/123: a symbolic link".
    [[nodiscard]] const std::vector<std::string>& unreadable_names() const { return unreadable_names_; }
    [[nodiscard]] bool has_unknown() const;
    // Differences that are in none of the groups: there are too many kinds.
    [[nodiscard]] std::size_t unlisted() const { return unlisted_; }

  private:
    using Key = std::tuple<Way, Subject, std::string, std::string, const Reason*>;

    std::map<Key, Group> groups_;
    std::size_t compared_[2] = {0, 0};
    std::size_t same_ = 0, unreadable_ = 0, signed_ = 0, unlisted_ = 0;
    std::vector<std::string> unreadable_names_;
};

} // namespace milter::tool::compare
