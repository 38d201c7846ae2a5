#include "milter/tool/configuration.h"

#include "authres/format.h"
#include "base/ascii.h"
#include "config/load.h"
#include "milter/runtime.h"

#include <fmt/format.h>

#include <unistd.h>

#include <array>

namespace tool {

namespace {

Result<std::unique_ptr<const dmarc::PublicSuffixList>>
load_public_suffixes(const config::Settings::Dmarc& settings) {
    if (!settings.public_suffix_veto && settings.discovery != "psl") {
        return nullptr;
    }
    if (settings.public_suffix_list.empty()) {
        return std::make_unique<const dmarc::PublicSuffixList>(dmarc::PublicSuffixList::built_in());
    }
    auto list = dmarc::PublicSuffixList::load(settings.public_suffix_list);
    if (!list) {
        return fail(ExitCode::config,
                    fmt::format("{}: {}", settings.public_suffix_list, list.error().message));
    }
    return std::make_unique<const dmarc::PublicSuffixList>(std::move(*list));
}

} // namespace

Result<config::Settings> load_settings(const std::string& path) {
    if (path.empty()) {
        return config::default_settings();
    }
    auto loaded = config::load_file(path);
    if (loaded.settings) {
        return std::move(*loaded.settings);
    }
    std::string message = fmt::format("{}: the configuration cannot be used", path);
    for (const auto& diagnostic : loaded.diagnostics) {
        message += '\n' + config::print(diagnostic);
    }
    return fail(ExitCode::config, std::move(message));
}

Result<Checks> make_checks(const config::Settings& settings) {
    auto public_suffixes = load_public_suffixes(settings.dmarc);
    if (!public_suffixes) {
        return tl::make_unexpected(public_suffixes.error());
    }
    Checks checks{milter::check_options(settings), std::move(*public_suffixes)};
    checks.options.dmarc_options.public_suffixes = checks.public_suffixes.get();
    checks.options.receiver = host_name();
    return checks;
}

Result<std::string> authserv_id(const std::string& given, const config::Settings& settings) {
    std::string id = given.empty() ? settings.authserv_id : given;
    if (id.empty() || id == "HOSTNAME") {
        id = host_name();
    }
    if (!authres::is_authserv_id(id)) {
        return fail(ExitCode::usage, fmt::format("'{}' cannot stand as authserv-id", base::printable(id)));
    }
    return id;
}

std::string host_name() {
    std::array<char, 256> name{};
    const bool known = gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
    return known ? name.data() : "localhost";
}

} // namespace tool
