#include "keys/domain_list.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/table_file.h"

#include <fmt/format.h>

#include <optional>

namespace keys {

bool DomainList::add(std::string_view text) {
    const bool below = text.starts_with("*.");
    const auto domain = base::DomainName::parse_international(text.substr(below ? 2 : 0));
    if (!domain) {
        return false;
    }
    TextIndex& index = below ? above_ : names_;
    if (index.find(domain->text()) == nullptr) {
        (void)index.add(texts_.keep(domain->text()), 0);
        ++size_;
    }
    return true;
}

void DomainList::read(const std::string& table, std::vector<Problem>& problems) {
    const auto name = parse_table_name(table);
    const auto text =
        name ? read_table(name->path) : base::Result<std::string, std::string>(base::refuse(name.error()));
    if (!text) {
        problems.push_back({name ? name->path : table, 0, text.error()});
        return;
    }
    std::size_t number = 0;
    for (std::string_view line : base::split(*text, '\n')) {
        ++number;
        line = base::trim_fws(line.substr(0, line.find('#')));
        const auto word = line.substr(0, line.find_first_of(" \t\r"));
        const bool dotted = word.starts_with('.');
        if (!word.empty() && !add(dotted ? "*" + std::string(word) : std::string(word))) {
            problems.push_back(
                {name->path, number, fmt::format("{} is not a domain name", base::quoted(word))});
        }
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
