#include "authres/claims.h"

#include "authres/field_head.h"
#include "base/ascii.h"
#include "message/line_breaks.h"

#include <algorithm>

namespace authres {

namespace {

std::string_view without_punctuation(std::string_view word) {
    const auto is_mark = [](char c) { return base::is_ascii(c) && !base::is_alnum(c); };
    while (!word.empty() && is_mark(word.front())) {
        word.remove_prefix(1);
    }
    while (!word.empty() && is_mark(word.back())) {
        word.remove_suffix(1);
    }
    return word;
}

bool any_is_ours(const std::vector<std::string_view>& words, OwnIds& ours) {
    return std::any_of(words.begin(), words.end(),
                       [&ours](std::string_view word) { return ours.hold(without_punctuation(word)); });
}

// The first word, or the first few run together: a comment or a blank inside an id is nothing to some
// readers.
bool begins_with_ours(const Head& head, OwnIds& ours) {
    std::string joined;
    for (const std::string& word : head.words) {
        joined += word;
        if (joined.size() > longest_id) {
            return false;
        }
        if (ours.hold(joined)) {
            return true;
        }
    }
    return false;
}

bool stands_first(const Head& head, std::string_view text, OwnIds& ours) {
    return begins_with_ours(head, ours) || any_is_ours(rough_words(text, 1), ours);
}

bool claims_as_one_line(std::string_view body, OwnIds& ours) {
    const std::string cleaned = without_controls(body);
    const std::string_view text = without_instance(cleaned);
    const Head head = read_head(text);
    if (stands_first(head, text, ours)) {
        return true;
    }
    if (follows_grammar(head)) {
        return false;
    }
    // Where the grammar finds no id, anything that looks like one before the first semicolon may be taken for
    // it. Too many words to look at are as good as ours: what was not looked at could be.
    const auto words = rough_words(text.substr(0, text.find(';')), most_words + 1);
    return words.size() > most_words || any_is_ours(words, ours);
}

} // namespace

// A control at which some readers end a line parts words to others, and is nothing to yet others.
bool claims(std::string_view body, OwnIds& ours) {
    return claims_as_one_line(body, ours) ||
           (message::has_stray_line_break(body) &&
            claims_as_one_line(message::without_stray_line_breaks(body), ours));
}

bool claims_in_place(std::string_view body, OwnIds& ours) {
    const std::string cleaned = without_controls(body);
    const std::string_view text = without_instance(cleaned);
    return claims(body, ours) && (stands_first(read_head(text), text, ours) || !begins_with_result(body));
}

bool begins_with_result(std::string_view body) {
    const std::string cleaned = without_controls(body);
    const std::string_view text = without_instance(cleaned);
    const auto words = read_head(text).words;
    if (words.empty()) {
        const auto semicolon = text.find(';');
        return semicolon != std::string_view::npos && !rough_words(text.substr(semicolon), 1).empty();
    }
    const auto equals = words[0].find('=');
    return equals == std::string::npos ? words.size() > 1 && words[1].starts_with('=') : equals > 0;
}

bool states_nothing(std::string_view body) {
    const std::string text = without_controls(body);
    const Head head = read_head(text);
    return follows_grammar(head) && text.find_first_not_of("; ", head.size) == std::string::npos;
}

bool has_unknown_version(std::string_view body) {
    const std::string text = without_controls(body);
    const Head head = read_head(text);
    if (!follows_grammar(head) || head.words.size() < 2) {
        return false;
    }
    const std::string_view digits = head.words[1];
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size())) != "1";
}

} // namespace authres
