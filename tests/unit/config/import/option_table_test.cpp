// The list of options: what it names exists, and the page of the guide is made of it.
#include "config/import/command_line.h"
#include "config/import/option_table.h"
#include "config/schema.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

#include <fstream>
#include <set>
#include <sstream>

namespace import = config::import;

namespace {

constexpr const char* page = PARAPH_SOURCE_DIR "/docs/guide/migration-options.md";

// Of no schema's own.
const std::set<std::string, std::less<>> structures{"domains",
                                                    "default",
                                                    "key_fields",
                                                    "sources",
                                                    "roles",
                                                    "relays.hosts",
                                                    "policy.exceptions",
                                                    "policy.profiles",
                                                    "domains.DOMAIN.subdomains",
                                                    "sources.NAME.password_file",
                                                    "sources.NAME.user",
                                                    "sources.NAME.cache_time",
                                                    "sources.NAME.timeout",
                                                    "sources.NAME.connection"};

const std::vector<import::Daemon> daemons{import::Daemon::opendkim, import::Daemon::opendmarc,
                                          import::Daemon::policyd_spf};

} // namespace

TEST_CASE("settings in the list of options exist") {
    for (const auto daemon : daemons) {
        std::set<std::string> names;
        for (const auto& row : import::option_table(daemon)) {
            INFO(row.name);
            CHECK(names.emplace(row.name).second);
            CHECK((!row.setting.empty() || row.fate != import::Fate::carried));
            CHECK((!row.text.empty() || row.fate == import::Fate::carried));
            for (const auto part : base::split(row.setting, ',')) {
                const auto name = base::trim_wsp(part);
                CHECK((name.empty() || config::find_setting(name) != nullptr || structures.contains(name)));
            }
        }
    }
}

TEST_CASE("every letter of a command line stands for an option that is in the list") {
    for (const auto& letter : import::letters_of(import::Program::opendkim)) {
        CHECK((letter.option.empty() ||
               import::find_option(import::Daemon::opendkim, letter.option) != nullptr));
    }
    for (const auto& letter : import::letters_of(import::Program::opendmarc)) {
        CHECK((letter.option.empty() ||
               import::find_option(import::Daemon::opendmarc, letter.option) != nullptr));
    }
}

// Options that are carried over say so by their line; what else there is takes no comment for itself.
TEST_CASE("every option of the list that is given is told or carried, with any value") {
    for (const auto daemon : daemons) {
        for (const auto& row : import::option_table(daemon)) {
            for (const char* value : {"yes", "1", "0", "no", "/x", "a.test", "-", "\xff", "\"x\"", "a,b",
                                      "99999999999999999999"}) {
                INFO(row.name << " " << value);
                const bool spf = daemon == import::Daemon::policyd_spf;
                const std::string text = std::string(row.name) + (spf ? " = " : " ") + value + "\n";
                const auto outcome =
                    import_test::imported({{spf ? "/etc/postfix-policyd-spf-python/policyd-spf.conf"
                                                : "/etc/" + std::string(import::name_of(daemon)) + ".conf",
                                            text}});
                CHECK(import_test::errors_of(outcome.settings).empty());
                const auto& counts = outcome.counts;
                CHECK((row.name == "Include" ||
                       counts.carried + counts.same + counts.replaced + counts.dropped == 1));
            }
        }
    }
}

TEST_CASE("the page of all options is up to date", "[.write]") {
    std::ofstream(page) << import::render_option_page();
    SUCCEED("written");
}

TEST_CASE("the page of all options is that of the list") {
    std::ifstream file(page);
    std::stringstream text;
    text << file.rdbuf();
    CHECK(text.str() == import::render_option_page()); // unit_import "[.write]" makes it anew
}
