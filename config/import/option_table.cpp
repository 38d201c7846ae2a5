#include "config/import/option_table.h"

#include "base/ascii.h"
#include "config/import/option_rows.h"
#include "config/suggest.h"

#include <algorithm>
#include <vector>

namespace config::import {

std::string_view name_of(Daemon daemon) {
    switch (daemon) {
    case Daemon::opendkim:
        return "opendkim";
    case Daemon::opendmarc:
        return "opendmarc";
    case Daemon::policyd_spf:
        return "policyd-spf";
    }
    return {};
}

std::span<const OptionRow> option_table(Daemon daemon) {
    switch (daemon) {
    case Daemon::opendkim:
        return opendkim_options();
    case Daemon::opendmarc:
        return opendmarc_options();
    case Daemon::policyd_spf:
        break;
    }
    return policyd_options();
}

const OptionRow* find_option(Daemon daemon, std::string_view name) {
    const auto rows = option_table(daemon);
    const auto found = std::ranges::find_if(rows, [&](const OptionRow& row) {
        return daemon == Daemon::policyd_spf ? row.name == name : base::iequals(row.name, name);
    });
    return found == rows.end() ? nullptr : &*found;
}

std::string_view nearest_option(Daemon daemon, std::string_view name) {
    std::vector<std::string_view> names;
    for (const OptionRow& row : option_table(daemon)) {
        names.push_back(row.name);
    }
    return nearest(name, names).value_or(std::string_view());
}

} // namespace config::import
