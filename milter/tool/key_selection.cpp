#include "milter/tool/key_selection.h"

#include "base/domain_name.h"
#include "base/secret_text.h"

#include <fmt/format.h>

namespace milter::tool {

namespace {

Result<AllKeys> key_of_file(const KeySelection& wanted, const base::DomainName& domain) {
    const auto by_file = named_by_file(wanted.key);
    NamedKey key;
    key.domain = domain.text();
    key.file = wanted.key;
    key.selector = !wanted.selector.empty() ? wanted.selector : by_file ? by_file->selector : "";
    if (key.selector.empty()) {
        return fail(ExitCode::usage, "--key needs the selector: paraph key check DOMAIN SELECTOR --key FILE");
    }
    return AllKeys{{key}, {}};
}

Result<AllKeys> every_key(const KeySelection& wanted, const config::Settings& settings) {
    if (!wanted.key.empty() || !wanted.selector.empty()) {
        return fail(ExitCode::usage, "a selector and --key need the domain, too");
    }
    auto all = all_keys(settings);
    if (all) {
        pass_over_retired(*all);
    }
    if (all && all->keys.empty() && all->passed_over.empty()) {
        return fail(ExitCode::data, "the configuration has no key");
    }
    return all;
}

} // namespace

Result<AllKeys> select_keys(const KeySelection& wanted, const config::Settings& settings) {
    if (wanted.domain.empty()) {
        return every_key(wanted, settings);
    }
    const auto domain = base::DomainName::parse_international(wanted.domain);
    if (!domain) {
        return fail(ExitCode::usage, fmt::format("{} is not a domain name", base::quoted(wanted.domain)));
    }
    if (!wanted.selector.empty() && !base::DomainName::parse(wanted.selector)) {
        return fail(ExitCode::usage, fmt::format("{} is not a selector", base::quoted(wanted.selector)));
    }
    if (!wanted.key.empty()) {
        return key_of_file(wanted, *domain);
    }
    auto keys = keys_of_domain(settings, *domain, wanted.selector);
    if (!keys) {
        return tl::make_unexpected(keys.error());
    }
    if (keys->keys.empty()) {
        return fail(
            ExitCode::data,
            fmt::format(
                "the configuration has no key {}for {}; --key FILE checks one that it does not name{}",
                wanted.selector.empty() ? "" : base::quoted(wanted.selector) + " ", domain->text(),
                keys->passed_over.empty() ? "" : " (" + keys->passed_over.front() + ")"));
    }
    pass_over_retired(*keys);
    return keys;
}

} // namespace milter::tool
