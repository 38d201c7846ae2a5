#include "config/domain_signing.h"

#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

namespace {

// By the name they have in both places.
const Setting* general_setting(std::string_view name) {
    return find_setting(fmt::format("signing.{}", name));
}

} // namespace

Settings::Signing signing_of(const Settings::Signing& general, const DomainSigning& own) {
    Settings settings;
    settings.signing = general;
    for (const auto& setting : domain_signing_schema()) {
        const bool given = std::find(own.given.begin(), own.given.end(), setting.name()) != own.given.end();
        const Setting* target = given ? general_setting(setting.name()) : nullptr;
        if (target != nullptr) {
            target->write(settings, setting.read(own));
        }
    }
    return settings.signing;
}

bool changes_signing(const DomainSigning& own) {
    return std::any_of(own.given.begin(), own.given.end(),
                       [](std::string_view name) { return general_setting(name) != nullptr; });
}

} // namespace config
