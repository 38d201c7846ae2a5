// docs/guide/migration-options.md, from the list of options.

#include "config/import/option_table.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <array>

namespace config::import {

namespace {

std::string_view word_of(Fate fate) {
    switch (fate) {
    case Fate::carried:
        return "carried over";
    case Fate::default_:
        return "the same anyhow";
    case Fate::replaced:
        return "in another way";
    case Fate::dropped:
        return "not carried over";
    }
    return {};
}

std::string settings_of(const OptionRow& row) {
    std::string text;
    for (const auto name : base::split(row.setting, ',')) {
        const auto trimmed = base::trim_wsp(name);
        if (!trimmed.empty()) {
            text += fmt::format("{}`{}`", text.empty() ? "" : ", ", trimmed);
        }
    }
    return text;
}

std::string count_line(std::span<const OptionRow> rows) {
    std::array<std::size_t, 4> counts{};
    for (const OptionRow& row : rows) {
        ++counts[static_cast<std::size_t>(row.fate)];
    }
    return fmt::format(
        "{} options: {} carried over, {} the same anyhow, {} in another way, {} not carried over.\n",
        rows.size(), counts[0], counts[1], counts[2], counts[3]);
}

} // namespace

std::string render_option_page() {
    std::string text = "# Every option of opendkim, opendmarc and policyd-spf\n\n"
                       "What `paraph import` makes of each ([migration.md](migration.md)). *The same "
                       "anyhow*: paraph does what "
                       "the option asks for\nwithout being told. An exclamation mark: what is not carried "
                       "over may decide who is "
                       "signed, or who is refused; the report\nnames such options first.\n";
    for (const Daemon daemon : {Daemon::opendkim, Daemon::opendmarc, Daemon::policyd_spf}) {
        const auto rows = option_table(daemon);
        text += fmt::format("\n## {}.conf\n\n{}\n| option | | setting | |\n|---|---|---|---|\n",
                            name_of(daemon), count_line(rows));
        for (const OptionRow& row : rows) {
            text += fmt::format("| `{}` | {}{} | {} | {} |\n", row.name, word_of(row.fate),
                                row.decides ? " (!)" : "", settings_of(row), row.text);
        }
    }
    return text;
}

} // namespace config::import
