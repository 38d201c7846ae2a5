#include "config/schema.h"

#include "config/choices.h"
#include "config/load.h"
#include "support/catch.h"
#include "support/section_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

TEST_CASE("every default reads back as what the structure begins with") {
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            const auto line = fmt::format("{}: {}\n", setting.name(), default_text(setting));
            const std::string text = test::in_section(section, line);
            INFO(text);
            const auto loaded = config::load_text(text, "p.yaml");
            // What follows from a domain's policy has no effect alone, and that is told.
            CHECK((loaded.diagnostics.empty() || setting.path.starts_with("policy.dmarc_")));
            REQUIRE(loaded.settings);
            CHECK(setting.read(*loaded.settings) == setting.read(config::Settings{}));
        }
    }
}

// An empty file leaves it to the structure: here stand the ones that a mail server's safety rests upon.
TEST_CASE("defaults that must not change by accident") {
    const auto text = [](std::string_view path) { return default_text(*config::find_setting(path)); };
    CHECK(text("listen.socket") == "inet:127.0.0.1:8891");
    CHECK(text("listen.socket_mode") == "0660");
    CHECK(text("roles.internal_hosts") == "[127.0.0.0/8, \"::1/128\"]");
    CHECK(text("author.missing") == "mark");
    CHECK(text("author.own_mail") == "accept");
    CHECK(text("signing.missing_key") == "tempfail");
    CHECK(text("signing.require_safe_keys") == "true");
    CHECK(text("signing.header_canonicalization") == "relaxed");
    CHECK(text("spf.look_ahead") == "records");
    CHECK(text("dmarc.discovery") == "tree_walk");
    CHECK(text("dkim.accept_partial_body") == "false");
    CHECK(text("log.target") == "syslog");
    CHECK(text("log.facility") == "mail");
    CHECK(text("log.level") == "info");
}

TEST_CASE("the words of a setting are those that the rest of the program prints") {
    for (const auto& [word, value] : config::action_choices) {
        CHECK(word == print(value));
    }
    for (const auto& [word, value] : config::own_mail_choices) {
        CHECK(word == print(value));
    }
    for (const auto& [word, value] : config::canonicalization_choices) {
        CHECK(word == print(value));
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
    // The relays themselves.
    CHECK(count_settings("relays") + 1 == count_members<config::Settings::Relays>());
    CHECK(count_settings("dns") == count_members<config::Settings::Dns>());
    // The section below it; and there, whether it is given.
    CHECK(count_settings("spf") + 1 == count_members<config::Settings::Spf>());
    CHECK(count_settings("spf.policyd") + 1 == count_members<config::Settings::Spf::Policyd>());
    CHECK(count_settings("dkim") == count_members<config::Settings::Dkim>());
    CHECK(count_settings("dmarc") == count_members<config::Settings::Dmarc>());
    CHECK(count_settings("author") == count_members<config::Settings::Author>());
    CHECK(count_settings("iprev") == count_members<config::Settings::Iprev>());
    // And the file that names the tables.
    CHECK(count_settings("signing") + 1 == count_members<config::Settings::Signing>());
    CHECK(count_settings("log") == count_members<config::Settings::Log>());
    CHECK(count_settings("limits") == count_members<config::Settings::Limits>());
    // The sections, the settings above them, the sources and the domains.
    const auto& sections = config::schema();
    const auto inner =
        std::count_if(sections.begin(), sections.end(), [](const auto& s) { return s.is_inner(); });
    CHECK(count_settings("senders") == count_members<config::Settings::Senders>());
    // Below the sections: the sources, the domains, the default keys and the rules of key fields.
    CHECK(sections.size() - static_cast<std::size_t>(inner) - 1 + count_settings("") + 4 ==
          count_members<config::Settings>());
    // The line, for diagnostics; `active` is another word for `state`.
    CHECK(config::key_schema().size() == count_members<config::SigningKeyEntry>());
    // The file and the line, for diagnostics.
    CHECK(config::source_schema().size() + 2 == count_members<config::SourceEntry>());
    CHECK(config::relay_schema().size() + 2 == count_members<config::RelayEntry>());
    // The line.
    CHECK(config::key_field_schema().size() + 1 == count_members<config::KeyFieldRule>());
    // Those of used_by in a structure of their own, and which are given.
    CHECK(config::domain_signing_schema().size() + 2 == count_members<config::DomainSigning>());
    CHECK(config::used_by_schema().size() == count_members<config::DomainSigning::Users>());
    // The keys, the file for diagnostics, and what it has of its own.
    CHECK(config::domain_schema().size() + 4 == count_members<config::DomainEntry>());
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
        return config::Word{std::get<config::Word>(value).index == 0 ? 1U : 0U};
    case config::Kind::date:
        return std::get<std::uint64_t>(value) + 86'400;
    case config::Kind::text:
    case config::Kind::path:
        return std::string("another");
    case config::Kind::socket:
        return base::SocketName::parse("unix:/another").value();
    case config::Kind::texts:
        return std::vector<std::string>{"another"};
    case config::Kind::words:
        return std::vector<config::Word>{config::Word{1}};
    case config::Kind::servers:
        return std::vector<dns::Server>{dns::parse_server("192.0.2.53").value()};
    case config::Kind::networks:
        return std::vector<base::IpNetwork>{};
    case config::Kind::hosts:
        return base::HostList{base::HostPattern::parse(".example.org").value()};
    case config::Kind::macros:
        return std::vector{base::MacroCondition::parse("{auth_type}").value()};
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
