#include "base/domain_name.h"

#include "base/ascii.h"
#include "base/idna.h"

#include <algorithm>

namespace base {

namespace {

constexpr std::size_t max_name = 253; // RFC 1035 2.3.4, as text without the trailing dot
constexpr std::size_t max_label = 63;

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= max_label && std::all_of(label.begin(), label.end(), [](char c) {
        return is_alnum(c) || c == '-' || c == '_';
    });
}

} // namespace

std::optional<DomainName> DomainName::parse(std::string_view text) {
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() > max_name) {
        return std::nullopt;
    }
    for (std::string_view rest = text;;) {
        const auto dot = rest.find('.');
        if (!is_label(rest.substr(0, dot))) {
            return std::nullopt;
        }
        if (dot == std::string_view::npos) {
            return DomainName(to_lower(text));
        }
        rest.remove_prefix(dot + 1);
    }
}

std::optional<DomainName> DomainName::parse_international(std::string_view text) {
    if (all_ascii(text)) {
        return parse(text);
    }
    const auto ascii = idna_to_ascii(text);
    return ascii ? parse(*ascii) : std::nullopt;
}

std::size_t DomainName::label_count() const {
    return 1 + static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '.'));
}

DomainName DomainName::suffix(std::size_t count) const {
    std::size_t start = text_.size();
    for (; count > 0; --count) {
        const auto dot = start == 0 ? std::string::npos : text_.rfind('.', start - 1);
        if (dot == std::string::npos) {
            return *this;
        }
        start = dot;
    }
    return DomainName(text_.substr(start + 1));
}

std::optional<DomainName> DomainName::parent() const {
    const auto dot = text_.find('.');
    if (dot == std::string::npos) {
        return std::nullopt;
    }
    return DomainName(text_.substr(dot + 1));
}

bool DomainName::is_at_or_below(const DomainName& ancestor) const {
    if (!text_.ends_with(ancestor.text_)) {
        return false;
    }
    return text_.size() == ancestor.text_.size() || text_[text_.size() - ancestor.text_.size() - 1] == '.';
}

bool is_multi_label(std::string_view text) {
    const auto dot = text.find('.');
    return dot != std::string_view::npos && dot + 1 < text.size();
}

} // namespace base
