#include "config/table_prefix.h"

#include <algorithm>
#include <array>

namespace config {

namespace {

struct Known {
    std::string_view prefix;
    TableForm form;
};
constexpr std::array<Known, 12> known{{{"file:", TableForm::file},
                                       {"refile:", TableForm::file},
                                       {"csl:", TableForm::rows},
                                       {"lmdb:", TableForm::database},
                                       {"db:", TableForm::database},
                                       {"bdb:", TableForm::database},
                                       {"sqlite:", TableForm::source},
                                       {"postgresql:", TableForm::source},
                                       {"pgsql:", TableForm::source},
                                       {"mysql:", TableForm::source},
                                       {"mariadb:", TableForm::source},
                                       {"ldap:", TableForm::source}}};

} // namespace

const std::vector<std::string_view>& table_prefixes() {
    static const std::vector<std::string_view> prefixes = [] {
        std::vector<std::string_view> list;
        for (const Known& one : known) {
            list.push_back(one.prefix);
        }
        return list;
    }();
    return prefixes;
}

const std::vector<std::string_view>& list_prefixes() {
    static const std::vector<std::string_view> prefixes = [] {
        auto list = table_prefixes();
        std::erase_if(list, [](std::string_view prefix) { return prefix == "refile:" || prefix == "csl:"; });
        return list;
    }();
    return prefixes;
}

TableForm table_form(std::string_view prefix, std::string_view rest) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.prefix == prefix; });
    if (found == known.end()) {
        return rest.ends_with(".db") ? TableForm::database : TableForm::file; // as OpenDKIM has it
    }
    const bool is_path = prefix.starts_with("sqlite") && rest.find('/') != std::string_view::npos;
    return is_path ? TableForm::database : found->form;
}

std::string_view source_named(std::string_view table) {
    const auto colon = table.find(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = table.substr(colon + 1);
    return table_form(table.substr(0, colon + 1), rest) == TableForm::source ? rest : std::string_view();
}

std::string instead_of_prefix(std::string_view prefix) {
    if (prefix == "dsn:") {
        return "write postgresql:NAME, mysql:NAME or sqlite:NAME, and the connection and the query below "
               "sources: NAME:";
    }
    if (prefix == "ldapi:") {
        return "write ldap:NAME, and the URL as the connection below sources: NAME:";
    }
    constexpr std::array<std::string_view, 6> others{
        "lua:", "memcache:", "socket:", "repute:", "mdb:", "erlang:"};
    if (std::find(others.begin(), others.end(), prefix) != others.end()) {
        return "this kind of OpenDKIM's is not supported: write the rows to a file or a database";
    }
    return prefix.find('=') != std::string_view::npos ? "write csl: before rows" : "";
}

} // namespace config
