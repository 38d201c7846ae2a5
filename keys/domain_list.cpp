#include "keys/domain_list.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/table_file.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace keys {

namespace {

constexpr std::string_view below = "*."; // before a name: all names below it

// In A-labels; nothing: it is no domain name.
std::optional<std::string> read_name(std::string_view text) {
    const bool wildcard = text.starts_with(below);
    const auto domain = base::DomainName::parse_international(text.substr(wildcard ? below.size() : 0));
    return domain ? std::optional((wildcard ? std::string(below) : "") + domain->text()) : std::nullopt;
}

} // namespace

std::vector<std::string> read_domain_table(const std::string& table, std::vector<Problem>& problems) {
    const auto name = parse_table_name(table);
    const auto text =
        name ? read_table(name->path) : base::Result<std::string, std::string>(base::refuse(name.error()));
    std::vector<std::string> names;
    if (!text) {
        problems.push_back({name ? name->path : table, 0, text.error()});
        return names;
    }
    std::size_t number = 0;
    for (std::string_view line : base::split(*text, '\n')) {
        ++number;
        line = base::trim_fws(line.substr(0, line.find('#')));
        const auto word = line.substr(0, line.find_first_of(" \t\r"));
        if (word.empty()) {
            continue;
        }
        if (auto read = read_name(word.starts_with('.') ? "*" + std::string(word) : std::string(word))) {
            names.push_back(std::move(*read));
        } else {
            problems.push_back(
                {name->path, number, fmt::format("{} is not a domain name", base::quoted(word))});
        }
    }
    return names;
}

bool DomainList::add(std::string_view text) {
    const auto name = read_name(text);
    if (!name) {
        return false;
    }
    const bool wildcard = name->starts_with(below);
    const auto key = std::string_view(*name).substr(wildcard ? below.size() : 0);
    TextIndex& index = wildcard ? above_ : names_;
    if (index.find(key) == nullptr) {
        (void)index.add(texts_.keep(key), 0);
        ++size_;
    }
    return true;
}

void DomainList::read(const std::string& table, std::vector<Problem>& problems) {
    for (const std::string& name : read_domain_table(table, problems)) {
        (void)add(name);
    }
}

bool DomainList::contains(const base::DomainName& domain) const {
    if (names_.find(domain.text()) != nullptr) {
        return true;
    }
    // A name has 127 labels at most.
    for (auto name = domain.parent(); name; name = name->parent()) {
        if (above_.find(name->text()) != nullptr) {
            return true;
        }
    }
    return false;
}

} // namespace keys
