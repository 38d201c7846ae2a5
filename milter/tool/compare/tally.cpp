#include "milter/tool/compare/tally.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::compare {

namespace {

constexpr std::size_t most_names = 20; // of fields, domains and files that are told
constexpr std::size_t most_groups = 1000;
constexpr std::size_t longest_word = 100;

} // namespace

void Tally::add(const Case& one, const std::string& name) {
    const Reason* reason = reason_of(one);
    const auto& found = one.difference;
    const Key key{one.way, found.subject, base::one_line(found.was, longest_word),
                  base::one_line(found.is, longest_word), reason};
    if (!groups_.contains(key) && groups_.size() == most_groups) {
        ++unlisted_;
        return;
    }
    Group& group = groups_[key];
    if (group.messages++ == 0) {
        group.way = one.way;
        group.difference = found;
        group.reason = reason;
        group.example = name;
    }
    for (const auto& about : found.about) {
        if (group.difference.about.size() < most_names) {
            group.difference.about.insert(about);
        }
    }
}

void Tally::note_unreadable(const std::string& name, const std::string& problem) {
    ++unreadable_;
    if (unreadable_names_.size() < most_names) {
        unreadable_names_.push_back(fmt::format("{}: {}", name, problem));
    }
}

void Tally::note_message(Way way, bool differs) {
    ++compared_[way == Way::inbound ? 0 : 1];
    same_ += differs ? 0 : 1;
}

std::vector<Group> Tally::groups() const {
    std::vector<Group> all;
    for (const auto& [key, group] : groups_) {
        all.push_back(group);
    }
    std::ranges::stable_sort(all, [](const Group& a, const Group& b) {
        const bool known_a = a.reason != nullptr, known_b = b.reason != nullptr;
        return known_a != known_b ? !known_a : a.messages > b.messages;
    });
    return all;
}

bool Tally::has_unknown() const {
    return unlisted_ > 0 ||
           std::ranges::any_of(groups_, [](const auto& one) { return one.second.reason == nullptr; });
}

} // namespace milter::tool::compare
