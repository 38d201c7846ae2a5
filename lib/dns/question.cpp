#include "dns/question.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace dns {

namespace {

constexpr std::array<std::pair<Type, std::string_view>, 6> names{{{Type::a, "A"},
                                                                  {Type::cname, "CNAME"},
                                                                  {Type::ptr, "PTR"},
                                                                  {Type::mx, "MX"},
                                                                  {Type::txt, "TXT"},
                                                                  {Type::aaaa, "AAAA"}}};

} // namespace

std::string_view print(Type type) {
    for (const auto& [value, name] : names) {
        if (value == type) {
            return name;
        }
    }
    return "?";
}

std::optional<Type> parse_type(std::string_view text) {
    for (const auto& [value, name] : names) {
        if (base::iequals(name, text)) {
            return value;
        }
    }
    return std::nullopt;
}

Type address_type(const base::IpAddress& address) {
    return address.is_v4() ? Type::a : Type::aaaa;
}

bool can_be_asked(std::string_view name) {
    constexpr std::size_t max_name = 253;
    constexpr std::size_t max_label = 63;
    if (name.size() > max_name || name.find('\0') != std::string_view::npos) {
        return false;
    }
    for (std::string_view rest = name;;) {
        const auto dot = rest.find('.');
        const std::string_view label = rest.substr(0, dot);
        if (label.empty() || label.size() > max_label) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        rest.remove_prefix(dot + 1);
    }
}

std::optional<Question> make_question(std::string_view name, Type type) {
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    return can_be_asked(name) ? std::optional(Question{base::to_lower(name), type}) : std::nullopt;
}

std::string print(const Question& question) {
    return fmt::format("{} {}", print(question.type), base::printable(question.name));
}

} // namespace dns
