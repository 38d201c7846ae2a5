#include "authenticate/action.h"

#include <algorithm>
#include <array>
#include <utility>

namespace authenticate {

namespace {

constexpr std::array<std::pair<Action, std::string_view>, 6> words{{
    {Action::accept, "accept"},
    {Action::mark, "mark"},
    {Action::quarantine, "quarantine"},
    {Action::tempfail, "tempfail"},
    {Action::reject, "reject"},
    {Action::discard, "discard"},
}};

} // namespace

std::string_view print(Action action) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == action; });
    return found == words.end() ? "?" : found->second;
}

} // namespace authenticate
