// The one list of settings: where each stands, what it may hold, what it means, and where in Settings it
// goes; its default is what stands there at first. The loader, the defaults, the sample file, the manual page
// and the diagnostics all derive from it.
#pragma once

#include "config/settings.h"
#include "config/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace config {

template <class Target>
struct SettingOf {
    std::string_view path; // "spf.enabled"
    Type type;
    std::string_view text; // a paragraph for the manual; its line ends are blanks
    void (*write)(Target&, const Value&);
    Value (*read)(const Target&);
    bool required = false; // must be given; there is no default

    // Below its section: "enabled".
    [[nodiscard]] std::string_view name() const { return path.substr(path.rfind('.') + 1); }
};

using Setting = SettingOf<Settings>;
using DomainSetting = SettingOf<DomainEntry>;
using DomainSigningSetting = SettingOf<DomainSigning>;
using KeySetting = SettingOf<SigningKeyEntry>;
using DefaultSetting = SettingOf<DefaultEntry>;
using KeyFieldSetting = SettingOf<KeyFieldRule>;
using RelaySetting = SettingOf<RelayEntry>;
using RotationSetting = SettingOf<Rotation>;

using SourceSetting = SettingOf<SourceEntry>;

struct Section {
    std::string_view name; // empty: settings at the top of the file; "spf.policyd": below another section,
                           // which it follows
    std::string_view text;
    std::vector<Setting> settings;
    void (*given)(Settings&) = nullptr; // a file has this section

    [[nodiscard]] bool is_inner() const { return name.find('.') != std::string_view::npos; }
    // Below the section that it belongs to: "policyd".
    [[nodiscard]] std::string_view own_name() const { return name.substr(name.rfind('.') + 1); }
};

// What the setting is where no file says so, as YAML: what its structure begins with.
template <class Target>
[[nodiscard]] std::string default_text(const SettingOf<Target>& setting) {
    return print(setting.type, setting.read(Target{}));
}

[[nodiscard]] const std::vector<Section>& schema();

// Below `domains: DOMAIN:`, next to `keys:`.
[[nodiscard]] const std::vector<DomainSetting>& domain_schema();
// The same, of what a domain has of its own beside its keys; those that `signing` has as well have their
// names there.
[[nodiscard]] const std::vector<DomainSigningSetting>& domain_signing_schema();
// Below `used_by:` of a domain.
[[nodiscard]] const std::vector<DomainSigningSetting>& used_by_schema();
// Below `rotation:` of a domain.
[[nodiscard]] const std::vector<RotationSetting>& domain_rotation_schema();
// Below `default:`, next to all that a domain has.
[[nodiscard]] const std::vector<DefaultSetting>& default_schema();
// Each item of `key_fields:`.
[[nodiscard]] const std::vector<KeyFieldSetting>& key_field_schema();
// Each item of `keys:`.
[[nodiscard]] const std::vector<KeySetting>& key_schema();

// Each item of `hosts:` below `relays:`.
[[nodiscard]] const std::vector<RelaySetting>& relay_schema();

// Below `sources: NAME:`.
[[nodiscard]] const std::vector<SourceSetting>& source_schema();

// What the schema cannot say because it is not one value: `include:`, `sources:`, `domains:`, `default:`,
// `key_fields:` and `relays.hosts:`.
inline constexpr std::string_view include_name = "include";
inline constexpr std::string_view sources_name = "sources";
inline constexpr std::string_view domains_name = "domains";
inline constexpr std::string_view default_name = "default";
inline constexpr std::string_view used_by_name = "used_by";
inline constexpr std::string_view rotation_name = "rotation";
inline constexpr std::string_view key_fields_name = "key_fields";
inline constexpr std::string_view keys_name = "keys";
inline constexpr std::string_view relays_name = "relays";
inline constexpr std::string_view hosts_name = "hosts";

// Whether a reload leaves what depends on it as it was: what is set up once at the start.
[[nodiscard]] bool needs_restart(const Setting& setting);
// A line for each such setting that differs between the two.
[[nodiscard]] std::vector<std::string> changes_that_need_restart(const Settings& before,
                                                                 const Settings& after);

// The setting of that dotted path, or null.
[[nodiscard]] const Setting* find_setting(std::string_view path);

} // namespace config
