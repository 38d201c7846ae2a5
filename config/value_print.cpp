#include "base/ascii.h"
#include "config/number_text.h"
#include "config/value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace config {

namespace {

// Plain where YAML cannot take it for anything else, in a list too; else in double quotes.
std::string as_scalar(std::string_view text) {
    const bool plain =
        !text.empty() && (base::is_alnum(text.front()) || text.front() == '/') && text.back() != ':' &&
        std::all_of(text.begin(), text.end(), [](char c) {
            return base::is_alnum(c) || std::string_view("-_./:@").find(c) != std::string_view::npos;
        });
    if (plain) {
        return std::string(text);
    }
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result + '"';
}

template <class Items, class Text>
std::vector<std::string> texts_of(const Items& items, Text text) {
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const auto& item : items) {
        texts.push_back(text(item));
    }
    return texts;
}

std::string print_number(const Type& type, std::uint64_t number) {
    if (type.kind == Kind::mode) {
        return fmt::format("{:04o}", number);
    }
    if (type.kind == Kind::date) {
        return number == 0 ? "\"\"" : print_last_day(number);
    }
    return type.kind == Kind::size ? print_size(number) : fmt::format("{}", number);
}

// Of a list, each as it is.
struct Items {
    const Type& type;
    using Texts = std::optional<std::vector<std::string>>;

    Texts operator()(const std::vector<std::string>& value) const { return value; }
    Texts operator()(const std::vector<Word>& value) const {
        return texts_of(value, [&](Word item) { return std::string(type.words.at(item.index)); });
    }
    Texts operator()(const std::vector<dns::Server>& value) const {
        return texts_of(value, [](const dns::Server& item) { return print(item); });
    }
    Texts operator()(const std::vector<base::IpNetwork>& value) const {
        return texts_of(value, [](const base::IpNetwork& item) { return item.print(); });
    }
    Texts operator()(const base::HostList& value) const {
        return texts_of(value, [](const base::HostPattern& item) { return item.print(); });
    }
    Texts operator()(const std::vector<base::MacroCondition>& value) const {
        return texts_of(value, [](const base::MacroCondition& item) { return item.print(); });
    }
    template <class Scalar>
    Texts operator()(const Scalar& /*value*/) const {
        return std::nullopt;
    }
};

struct Printer {
    const Type& type;

    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::uint64_t value) const { return print_number(type, value); }
    std::string operator()(std::chrono::milliseconds value) const {
        return print_milliseconds(static_cast<std::uint64_t>(value.count()));
    }
    std::string operator()(Word value) const { return std::string(type.words.at(value.index)); }
    std::string operator()(const std::string& value) const { return as_scalar(value); }
    std::string operator()(const base::SocketName& value) const { return as_scalar(value.print()); }
    template <class List>
    std::string operator()(const List& list) const {
        std::vector<std::string> texts = *Items{type}(list);
        std::transform(texts.begin(), texts.end(), texts.begin(), as_scalar);
        return fmt::format("[{}]", fmt::join(texts, ", "));
    }
};

} // namespace

std::string print(const Type& type, const Value& value) {
    return std::visit(Printer{type}, value);
}

std::optional<std::vector<std::string>> items(const Type& type, const Value& value) {
    return std::visit(Items{type}, value);
}

} // namespace config
