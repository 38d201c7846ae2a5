#include "milter/link/macros.h"

#include <algorithm>
#include <optional>

namespace milter::link {

namespace {

// The text up to the next NUL, which goes as well. None: there is no NUL.
std::optional<std::string_view> take_text(std::string_view& rest) {
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto text = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return text;
}

// {i} and i are the same.
std::string_view plain(std::string_view name) {
    constexpr std::size_t with_braces = 3;
    return name.size() == with_braces && name.front() == '{' && name.back() == '}' ? name.substr(1, 1) : name;
}

std::optional<std::string_view> find(std::string_view pairs, std::string_view wanted) {
    while (const auto name = take_text(pairs)) {
        const auto value = take_text(pairs);
        if (value && plain(*name) == plain(wanted)) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace

void Macros::give(std::string_view list) {
    if (const auto place = list.empty() ? std::string_view::npos : place_of(list.front());
        place != std::string_view::npos) {
        lists_[place] = {std::string(list.substr(1)), true};
    }
}

void Macros::begin(char event) {
    const auto place = place_of(event);
    if (place == std::string_view::npos) {
        return;
    }
    if (place <= mail) {
        drop_behind(place);
    }
    if (!lists_[place].awaits_event) {
        lists_[place].pairs.clear();
    }
    lists_[place].awaits_event = false;
    if (event == events.back()) { // what came before the end of this message is not for the next one
        std::for_each(lists_.begin(), lists_.end(), [](List& list) { list.awaits_event = false; });
    }
}

void Macros::drop_message() {
    drop_behind(mail - 1);
}

void Macros::drop_behind(std::size_t place) {
    std::fill(lists_.begin() + static_cast<std::ptrdiff_t>(place) + 1, lists_.end(), List());
}

std::string Macros::value(std::string_view name) const {
    for (auto list = lists_.rbegin(); list != lists_.rend(); ++list) {
        if (const auto found = find(list->pairs, name)) {
            return std::string(*found);
        }
    }
    return {};
}

std::string Macros::value_at(char event, std::string_view name) const {
    const auto place = place_of(event);
    return place == std::string_view::npos ? std::string()
                                           : std::string(find(lists_[place].pairs, name).value_or(""));
}

} // namespace milter::link
