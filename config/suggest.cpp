#include "config/suggest.h"

#include "base/ascii.h"
#include "config/limits.h"

#include <algorithm>
#include <string>

namespace config {

namespace {

std::string folded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c != '_' && c != '-') {
            result += base::to_lower(c);
        }
    }
    return result;
}

} // namespace

bool same_name(std::string_view a, std::string_view b) {
    return folded(a) == folded(b);
}

// Three rows of the usual table are enough: a swap looks two rows back.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

std::optional<std::string_view> nearest(std::string_view text, const std::vector<std::string_view>& words) {
    if (text.size() > max_suggestion_length) {
        return std::nullopt;
    }
    const std::string wanted = folded(text);
    std::optional<std::string_view> best;
    std::size_t best_distance = 0;
    for (const std::string_view word : words) {
        const std::string candidate = folded(word);
        const std::size_t distance = edit_distance(wanted, candidate);
        if (distance <= candidate.size() / 3 && (!best || distance < best_distance)) {
            best = word;
            best_distance = distance;
        }
    }
    return best;
}

} // namespace config
