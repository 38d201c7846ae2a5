// Every option of opendkim, opendmarc and policyd-spf, and what becomes of it. The one list of them: the
// import, its report and the page of the guide all read it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace config::import {

enum class Daemon : std::uint8_t { opendkim, opendmarc, policyd_spf };

enum class Fate : std::uint8_t {
    carried,  // to a setting
    default_, // what it asks for is done anyhow
    replaced, // in another way, as the text says
    dropped,  // not carried over: why, and what to do
};

enum class Holds : std::uint8_t { truth, number, text };

struct OptionRow {
    std::string_view name;
    Fate fate;
    std::string_view setting; // "roles.peers"; several with commas; empty: none
    std::string_view text;    // what a reader has to know, whole sentences
    Holds holds = Holds::text;
    // Dropping it may sign or let in more than before, or less: the report puts it first.
    bool decides = false;
};

[[nodiscard]] std::string_view name_of(Daemon daemon);
[[nodiscard]] std::span<const OptionRow> option_table(Daemon daemon);
// Null where the daemon has no such option. policyd-spf goes by the case of the letters, the others do not.
[[nodiscard]] const OptionRow* find_option(Daemon daemon, std::string_view name);

// What is near to a name that is none; empty: nothing.
[[nodiscard]] std::string_view nearest_option(Daemon daemon, std::string_view name);

// The page of the guide with all of them, docs/guide/migration-options.md.
[[nodiscard]] std::string render_option_page();

} // namespace config::import
