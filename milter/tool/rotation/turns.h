// Whose turn it is, of domains for which the time of a run may not suffice.
#pragma once

#include <cstddef>
#include <functional>
#include <random>
#include <vector>

namespace milter::tool::rotation {

// Gives each entry one turn, one behind the other, until the time is over, and returns how many had theirs.
// It begins with any of them by chance, so that none is left out for ever, without a note of where the last
// run ended. `work` gets the element of `entries`, not a copy.
template <class Entry, class Random>
std::size_t take_turns(const std::vector<Entry>& entries, Random&& random,
                       const std::function<bool()>& is_over, const std::function<void(const Entry&)>& work) {
    if (entries.empty()) {
        return 0;
    }
    const auto first = std::uniform_int_distribution<std::size_t>(0, entries.size() - 1)(random);
    std::size_t done = 0;
    while (done < entries.size() && !is_over()) {
        work(entries[(first + done++) % entries.size()]);
    }
    return done;
}

} // namespace milter::tool::rotation
