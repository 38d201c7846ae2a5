#include "milter/tool/suffix_check.h"

#include "base/domain_name.h"
#include "dmarc/public_suffix.h"
#include "keys/domain_list.h"
#include "milter/runtime/source_options.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace milter::tool {

namespace {

constexpr std::string_view below = "*."; // before a name: all names below it

class SuffixCheck {
  public:
    void check(std::string_view setting, const std::string& name, const std::string& file, std::size_t line) {
        const auto domain = base::DomainName::parse_international(name);
        if (domain && suffixes_.is_public_suffix(*domain)) {
            found_.push_back({config::Severity::warning, file, line, 0,
                              fmt::format("'{}': mail of every domain below '{}' is signed, which belong to "
                                          "strangers: it is a public suffix",
                                          setting, name),
                              "name the domains that are yours"});
        }
    }

    // Only what is for the names below one.
    void check_list(std::string_view setting, const std::vector<std::string>& names, const std::string& file,
                    std::size_t line) {
        for (const std::string& name : names) {
            if (name.starts_with(below)) {
                check(setting, name.substr(below.size()), file, line);
            }
        }
    }

    [[nodiscard]] std::vector<config::Diagnostic> found() { return std::move(found_); }

  private:
    // The library's own copy, whatever is set for DMARC.
    const dmarc::PublicSuffixList suffixes_ = dmarc::PublicSuffixList::built_in();
    std::vector<config::Diagnostic> found_;
};

} // namespace

std::vector<config::Diagnostic> check_suffixes(const config::Settings& settings, const std::string& file) {
    SuffixCheck check;
    for (const auto& [name, entry] : settings.domains) {
        const bool is_below = name.starts_with(below);
        if (is_below || entry.subdomains) {
            check.check(fmt::format("domains.{}", name), is_below ? name.substr(below.size()) : name,
                        entry.named_in.empty() ? file : entry.named_in, 0);
        }
    }
    const auto& defaults = settings.default_keys;
    check.check_list("default.domains", defaults.domains,
                     defaults.entry.named_in.empty() ? file : defaults.entry.named_in, defaults.line);
    if (!defaults.domain_table.empty() &&
        !runtime::source_options(settings, defaults.domain_table, runtime::Table::domains)) {
        std::vector<keys::Problem> problems; // told elsewhere
        check.check_list("default.domain_table", keys::read_domain_table(defaults.domain_table, problems),
                         defaults.domain_table, 0);
    }
    return check.found();
}

} // namespace milter::tool
