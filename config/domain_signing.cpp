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
        const Setting* target = is_given(own, setting.name()) ? general_setting(setting.name()) : nullptr;
        if (target != nullptr) {
            target->write(settings, setting.read(own));
        }
    }
    return settings.signing;
}

dkim::FieldLists field_lists(const Settings::Signing& signing) {
    return {.signed_fields = signing.signed_fields,
            .oversigned_fields = signing.oversigned_fields,
            .oversigned_if_present = signing.oversigned_if_present,
            .omitted_fields = signing.omitted_fields};
}

bool is_field_list(std::string_view name) {
    return name == "signed_fields" || name == "oversigned_if_present" || name == "oversigned_fields" ||
           name == "omitted_fields";
}

bool is_given(const DomainSigning& own, std::string_view name) {
    return std::find(own.given.begin(), own.given.end(), name) != own.given.end();
}

bool changes_signing(const DomainSigning& own) {
    return std::any_of(own.given.begin(), own.given.end(),
                       [](std::string_view name) { return general_setting(name) != nullptr; });
}

} // namespace config
