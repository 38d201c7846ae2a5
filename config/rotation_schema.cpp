#include "config/rotation_schema.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/schema_types.h"
#include "config/text_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

using namespace schema_types;

namespace {

// The same fields of the general settings and of a domain's own.
template <class Field>
struct InSettings {
    template <class Whole>
    auto& operator()(Whole& settings) const {
        return Field{}(settings.rotation);
    }
};
template <class Field>
using Itself = Field;

// A pattern whose days all make a selector.
std::optional<Refusal> check_pattern(std::string_view text) {
    std::string selector;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            selector += text[i];
            continue;
        }
        const char kind = ++i < text.size() ? text[i] : '\0';
        if (kind != 'Y' && kind != 'm' && kind != 'd' && kind != 't') {
            return Refusal{fmt::format("{} has a % that stands for nothing", base::quoted(text)),
                           "%Y, %m and %d are year, month and day, %t is the type"};
        }
        selector += kind == 'Y' ? "2026" : kind == 't' ? "ed25519" : "12";
    }
    if (selector.find('.') != std::string::npos) {
        return Refusal{fmt::format("{} has more than one label", base::quoted(text)), "leave out the dot"};
    }
    constexpr std::size_t longest = 50; // a number may be added
    if (selector.size() > longest) {
        return Refusal{fmt::format("{} is too long", base::quoted(text)), ""};
    }
    return check_selector(selector);
}

std::optional<Refusal> check_argument(std::string_view text) {
    return text.find('\0') == std::string_view::npos
               ? std::nullopt
               : std::optional(Refusal{"an argument cannot hold NUL", ""});
}

bool is_program(const std::vector<std::string>& command) {
    return !command.empty() && command.front().starts_with('/');
}

// As keys::is_host_name() has it.
std::optional<Refusal> check_host_name(std::string_view text) {
    constexpr std::size_t longest = 255;
    const bool good = text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
                          return base::is_alnum(c) || c == '-' || c == '_' || c == '.';
                      });
    return good ? std::nullopt
                : std::optional(Refusal{fmt::format("{} is no name of a host", base::quoted(text)),
                                        "letters, digits and - _ ."});
}

constexpr auto every = [](auto& r) -> auto& { return r.every; };
constexpr auto overlap = [](auto& r) -> auto& { return r.overlap; };
constexpr auto transit = [](auto& r) -> auto& { return r.transit; };
constexpr auto give_up = [](auto& r) -> auto& { return r.give_up; };
constexpr auto selector = [](auto& r) -> auto& { return r.selector; };
constexpr auto type = [](auto& r) -> auto& { return r.type; };
constexpr auto bits = [](auto& r) -> auto& { return r.bits; };
constexpr auto silence_lost = [](auto& r) -> auto& { return r.silence_lost; };
constexpr auto publish = [](auto& r) -> auto& { return r.publish; };

// What a domain may have in place of the general setting.
template <class Target, template <class> class In>
std::vector<SettingOf<Target>> plan_settings() {
    return {
        make_setting<Target>("rotation.every", whole_seconds(day, 3650 * day), In<decltype(every)>{},
                             "A new key is made when the newest one is that old."),
        make_setting<Target>("rotation.overlap", whole_seconds(0, 365 * day), In<decltype(overlap)>{}, R"(
How long the old key goes on to sign beside the new one. 0: the new one takes its place at once.)"),
        make_setting<Target>("rotation.transit", whole_seconds(day, 365 * day), In<decltype(transit)>{}, R"(
How long mail may be on its way. The record of a key stays that long after its last signature. Longer than any
queue holds mail: 5 days with most servers.)"),
        make_setting<Target>("rotation.give_up", whole_seconds(day, 365 * day), In<decltype(give_up)>{}, R"(
A new key whose record is not shown by every server of the zone within that time is given up, and the old one
goes on to sign.)"),
        make_setting<Target>("rotation.selector", text(check_pattern), In<decltype(selector)>{}, R"(
The selectors of new keys: %Y, %m and %d are year, month and day on which the key is made, %t is rsa or ed25519.
Where that selector is taken, -2 and so on is added.)"),
        make_choice<rotated_type_choices, Target>("rotation.type", In<decltype(type)>{}, R"(
The algorithm of new keys; both: keys of either kind, side by side. Only keys of that type are rotated; other ones
of the domain stay as they are.)"),
        make_setting<Target>("rotation.bits", integer(1024, 4096), In<decltype(bits)>{},
                             "The size of new RSA keys."),
        make_setting<Target>("rotation.silence_lost", boolean(), In<decltype(silence_lost)>{}, R"(
A key whose record a server of the zone does not have any more stops signing until all have it again. false:
it goes on to sign, and there is only an alarm.)"),
        make_choice<publish_choices, Target>("rotation.publish", In<decltype(publish)>{}, R"(
How records get into the DNS. nsupdate: by dynamic updates (RFC 2136). zone_file: they are written to a file
that the zone file includes. hook: a program of yours does it.)")};
}

} // namespace

std::string missing_for_publication(const Rotation& plan) {
    switch (plan.publish) {
    case PublishBy::none:
        return "'rotation.publish' does not say how records get into the DNS";
    case PublishBy::nsupdate:
        return plan.server.size() == 1 ? "" : "'rotation.publish: nsupdate' needs one 'rotation.server'";
    case PublishBy::zone_file:
        if (plan.zone_file.find('%') == std::string::npos) {
            return "'rotation.publish: zone_file' needs 'rotation.zone_file' with % for the domain";
        }
        return is_program(plan.zone_command)
                   ? ""
                   : "'rotation.publish: zone_file' needs 'rotation.zone_command', a program with its path";
    case PublishBy::hook:
        return is_program(plan.hook)
                   ? ""
                   : "'rotation.publish: hook' needs 'rotation.hook', a program with its path";
    }
    return {};
}

Section rotation_section() {
    Section section{"rotation", R"(
Keys that change by themselves, for the domains with `rotate: true`. `paraph key rotate` does it, which a timer
runs; the daemon only signs with what that left behind. See the guide on rotation.)",
                    plan_settings<Settings, InSettings>()};
    std::vector<Setting> more{
        setting(
            "rotation.directory", {.kind = Kind::path, .minimum = 1},
            [](auto& s) -> auto& { return s.rotation.directory; }, R"(
Where the keys, the journal and what the daemon reads of them are kept.)"),
        setting(
            "rotation.ttl", integer(1, 604800), [](auto& s) -> auto& { return s.rotation.ttl; },
            "The TTL of the records, in seconds."),
        setting(
            "rotation.server", servers(), [](auto& s) -> auto& { return s.rotation.server; }, R"(
With publish: nsupdate, the address of the primary server, with a port if it is not 53.)"),
        setting(
            "rotation.tsig_key", {.kind = Kind::path}, [](auto& s) -> auto& { return s.rotation.tsig_key; },
            R"(
The file with the key that signs the updates (RFC 8945): a key statement as tsig-keygen writes it, or one
line ALGORITHM:NAME:SECRET. Others must not be able to read it. Empty: updates are not signed.)"),
        setting(
            "rotation.zone_file", {.kind = Kind::path}, [](auto& s) -> auto& { return s.rotation.zone_file; },
            R"(
With publish: zone_file, the file with the records of a domain; % stands for the domain. The zone file includes
it ($INCLUDE). It is written anew with every change.)"),
        setting(
            "rotation.zone_command", texts(check_argument),
            [](auto& s) -> auto& { return s.rotation.zone_command; }, R"(
The program that loads the zone again, and its arguments; % stands for the domain. No shell is in between.)"),
        setting(
            "rotation.hook", texts(check_argument), [](auto& s) -> auto& { return s.rotation.hook; }, R"(
With publish: hook, the program and its arguments; % stands for the domain. What to do is in its environment;
see the guide.)"),
        setting(
            "rotation.program_time", whole_seconds(second, 60 * minute),
            [](auto& s) -> auto& { return s.rotation.program_time; },
            "How long such a program may run before it is killed."),
        setting(
            "rotation.publish_retired_key", {.kind = Kind::path},
            [](auto& s) -> auto& { return s.rotation.publish_retired_key; }, R"(
A directory into which the private keys of records that nobody finds any more are moved, for everybody to read:
then a signature of old proves nothing about who wrote a message. Empty: they stay private. Read the guide
before.)"),
        setting(
            "rotation.store", text(nullptr), [](auto& s) -> auto& { return s.rotation.store; }, R"(
The PostgreSQL database in which several hosts share the keys, as libpq has it: `host=db.example.net dbname=paraph
sslmode=verify-full`, or a URL. Only `paraph key` asks it, never the daemon. Empty: the keys are this host's own.
See the guide on rotation.)"),
        setting(
            "rotation.store_user", text(nullptr), [](auto& s) -> auto& { return s.rotation.store_user; },
            "The user of the database. Empty: as libpq has it."),
        setting(
            "rotation.store_password_file", {.kind = Kind::path},
            [](auto& s) -> auto& { return s.rotation.store_password_file; },
            "A file with the user's password on its first line, which others may not read. Empty: none."),
        setting(
            "rotation.store_key", {.kind = Kind::path}, [](auto& s) -> auto& { return s.rotation.store_key; },
            R"(
The file with the key that seals what is in the store, the same on all hosts; `paraph key store new-key` makes one.
Like a private key it must not be readable by others.)"),
        setting(
            "rotation.store_name", text(check_host_name),
            [](auto& s) -> auto& { return s.rotation.store_name; }, R"(
What this host is called in messages about the store. Empty: the system's own name.)")};
    for (Setting& one : more) {
        section.settings.push_back(std::move(one));
    }
    return section;
}

const std::vector<RotationSetting>& domain_rotation_schema() {
    static const std::vector<RotationSetting> settings = plan_settings<Rotation, Itself>();
    return settings;
}

} // namespace config
