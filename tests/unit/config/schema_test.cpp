#include "config/schema.h"

#include "config/load.h"
#include "support/catch.h"

#include <algorithm>
#include <set>

TEST_CASE("every default is what the structure itself begins with") {
    const config::Settings structure;
    const config::Settings defaults = config::default_settings();
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            INFO(setting.path);
            CHECK(print(setting.type, setting.read(structure)) == setting.default_text);
            CHECK(print(setting.type, setting.read(defaults)) == setting.default_text);
        }
    }
}

TEST_CASE("every default of a key is what the structure itself begins with") {
    for (const config::KeySetting& setting : config::key_schema()) {
        INFO(setting.path);
        if (!setting.required) {
            CHECK(print(setting.type, setting.read({})) == setting.default_text);
        }
    }
    for (const config::DomainSetting& setting : config::domain_schema()) {
        INFO(setting.path);
        CHECK(print(setting.type, setting.read({})) == setting.default_text);
    }
}

namespace {

struct Anything {
    template <class T>
    constexpr operator T() const; // NOLINT(google-explicit-constructor)
};

// How many members an aggregate has: as many as it can be initialized with.
template <class Aggregate, class... Known>
constexpr std::size_t count_members() {
    if constexpr (requires { Aggregate{Known{}..., Anything{}}; }) {
        return count_members<Aggregate, Known..., Anything>();
    } else {
        return sizeof...(Known);
    }
}

std::size_t count_settings(std::string_view section) {
    const auto& sections = config::schema();
    const auto found =
        std::find_if(sections.begin(), sections.end(), [&](const auto& s) { return s.name == section; });
    return found == sections.end() ? 0 : found->settings.size();
}

} // namespace

TEST_CASE("every member of the structure has its setting") {
    CHECK(count_settings("listen") == count_members<config::Settings::Listen>());
    CHECK(count_settings("roles") == count_members<config::Settings::Roles>());
    CHECK(count_settings("dns") == count_members<config::Settings::Dns>());
    CHECK(count_settings("spf") == count_members<config::Settings::Spf>());
    CHECK(count_settings("dkim") == count_members<config::Settings::Dkim>());
    CHECK(count_settings("dmarc") == count_members<config::Settings::Dmarc>());
    CHECK(count_settings("author") == count_members<config::Settings::Author>());
    CHECK(count_settings("iprev") == count_members<config::Settings::Iprev>());
    CHECK(count_settings("signing") == count_members<config::Settings::Signing>());
    CHECK(count_settings("log") == count_members<config::Settings::Log>());
    CHECK(count_settings("limits") == count_members<config::Settings::Limits>());
    // The sections, the settings above them, and the domains.
    CHECK(config::schema().size() - 1 + count_settings("") + 1 == count_members<config::Settings>());
    // The line, for diagnostics.
    CHECK(config::key_schema().size() + 1 == count_members<config::SigningKeyEntry>());
    // The keys, and the file for diagnostics.
    CHECK(config::domain_schema().size() + 2 == count_members<config::DomainEntry>());
}

TEST_CASE("every setting stands in its section, once, with a paragraph") {
    std::set<std::string_view> paths;
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            INFO(setting.path);
            CHECK(paths.insert(setting.path).second);
            const std::string path = section.name.empty()
                                         ? std::string(setting.name())
                                         : std::string(section.name) + "." + std::string(setting.name());
            CHECK(setting.path == path);
            CHECK(setting.text.ends_with('.'));
            CHECK(config::find_setting(setting.path) == &setting);
        }
    }
    CHECK(config::find_setting("spf.nonsense") == nullptr);
}

namespace {

// Some value other than the setting has.
config::Value another(const config::Setting& setting, const config::Value& value) {
    switch (setting.type.kind) {
    case config::Kind::boolean:
        return !std::get<bool>(value);
    case config::Kind::integer:
    case config::Kind::mode:
    case config::Kind::size:
        return std::get<std::uint64_t>(value) + 1;
    case config::Kind::duration:
        return std::get<std::chrono::milliseconds>(value) + std::chrono::seconds(1);
    case config::Kind::word:
        return std::string(setting.type.words[std::get<std::string>(value) == setting.type.words[0] ? 1 : 0]);
    case config::Kind::text:
    case config::Kind::path:
        return std::string("another");
    case config::Kind::texts:
        return std::vector<std::string>{"another"};
    case config::Kind::networks:
        return std::vector<base::IpNetwork>{};
    }
    return value;
}

} // namespace

TEST_CASE("every setting writes one field, its own") {
    const config::Settings defaults;
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            config::Settings changed;
            const config::Value value = another(setting, setting.read(defaults));
            setting.write(changed, value);
            for (const config::Section& other_section : config::schema()) {
                for (const config::Setting& other : other_section.settings) {
                    INFO(setting.path << " and " << other.path);
                    CHECK(other.read(changed) == (&other == &setting ? value : other.read(defaults)));
                }
            }
        }
    }
}
