#include "config/document.h"

#include "config/policy_schema.h"
#include "config/schema.h"

#include <fmt/format.h>

#include <string_view>

namespace config {

namespace {

constexpr std::size_t sample_width = 100;
constexpr std::size_t manual_width = 118;

// The paragraph in lines of at most `width` characters, each after `prefix`. Line ends in it are blanks.
std::string wrapped(std::string_view text, std::string_view prefix, std::size_t width) {
    std::string result;
    std::string line;
    while (!text.empty()) {
        const auto blank = text.find_first_of(" \n");
        const std::string_view word = text.substr(0, blank);
        if (!word.empty() && !line.empty() && prefix.size() + line.size() + 1 + word.size() > width) {
            result += fmt::format("{}{}\n", prefix, line);
            line.clear();
        }
        line += line.empty() || word.empty() ? "" : " ";
        line += word;
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return line.empty() ? result : result + fmt::format("{}{}\n", prefix, line);
}

template <class Target>
std::string sample_setting(const SettingOf<Target>& setting, std::string_view indent) {
    const std::string prefix = fmt::format("{}# ", indent);
    return wrapped(fmt::format("{} ({})", setting.text, expectation(setting.type)), prefix, sample_width) +
           fmt::format("{}#{}: {}\n", indent, setting.name(), default_text(setting));
}

constexpr std::string_view profiles_text =
    "Policies for a part of the mail, each under a name. A profile takes the settings of policy and of "
    "policy.replies; what it does not give is as there. It holds for a message that meets all its "
    "conditions; "
    "the first one in the file that does so is taken.";

constexpr std::string_view exceptions_text =
    "Mail for which the settings above do not hold: mailing lists, forwarders, senders who are known. An "
    "exception holds where all its conditions do, and one of the values of each. In names and addresses * "
    "stands for anything; example.org is that domain, .example.org is every name below it, ann@example.org "
    "one address.";

// Comments within comments: what is no setting of its own.
constexpr std::string_view sample_profiles = R"(  # profiles:
  #   partners:
  #     clients: [192.0.2.0/24]
  #     spf_fail: accept
)";

constexpr std::string_view sample_exceptions = R"(  # exceptions:
  #   - name: list of the choir
  #     type: mailing_list
  #     list_ids: [choir.lists.example.org]
  #     dkim_domains: [lists.example.org]
)";

std::string sample_policy_structures() {
    return wrapped(profiles_text, "  # ", sample_width) + std::string(sample_profiles) + "\n" +
           wrapped(exceptions_text, "  # ", sample_width) + std::string(sample_exceptions) + "\n";
}

// The last part of the section `policy`.
bool ends_policy(const Section& section) {
    return section.name == fmt::format("{}.{}", policy_name, replies_name);
}

constexpr std::string_view relays_text = "The relays. Of those that share an address the first one counts.";

std::string sample_relays() {
    std::string result = wrapped(relays_text, "  # ", sample_width);
    for (const RelaySetting& setting : relay_schema()) {
        result += wrapped(fmt::format("{}: {}", setting.name(), setting.text), "  #   # ", sample_width);
    }
    return result + fmt::format("  # For example:\n"
                                "  #   hosts:\n"
                                "  #     - addresses: [192.0.2.7, \"2001:db8::7\"]\n"
                                "  #       names: [mx2.example.net]\n"
                                "  #       form: postfix\n"
                                "  #{}: []\n\n",
                                hosts_name);
}

std::string sample_section(const Section& section) {
    const std::string outer = section.is_inner() ? "  " : "";
    const std::string indent = section.name.empty() ? "" : outer + "  ";
    std::string result = section.text.empty() ? "" : wrapped(section.text, outer + "# ", sample_width);
    if (!section.name.empty()) { // an inner one may mean something by being there
        result += fmt::format("{}{}{}:\n", outer, section.is_inner() ? "#" : "", section.own_name());
    }
    for (const Setting& setting : section.settings) {
        result += sample_setting(setting, indent) + "\n";
    }
    if (section.name == relays_name) {
        result += sample_relays();
    }
    return ends_policy(section) ? result + sample_policy_structures() : result;
}

constexpr std::string_view sample_head =
    R"(# paraph.yaml: the settings of paraphd and paraph. See paraph.yaml(5).
#
# Every setting is listed with its default; remove the # before the ones to change. The daemon reads
# this file when it starts and when it reloads. `paraph check-config` reports all that is wrong with
# it, with line and column.

)";

constexpr std::string_view include_text = "Further files with domains, as a path or a pattern or a list of "
                                          "them, relative to this file. What a pattern matches is "
                                          "read in the order of the names. Included files hold domains: and "
                                          "nothing else; a domain may be given once in all.";

constexpr std::string_view sources_text =
    "Databases and directories, each under a name that tables refer to: key_table: postgresql:mail.";

std::string sample_sources() {
    std::string result = wrapped(sources_text, "# ", sample_width);
    result += fmt::format("#{}:\n#  mail:\n", sources_name);
    for (const SourceSetting& setting : source_schema()) {
        result += wrapped(setting.text, "#    # ", sample_width);
        result += setting.required ? "#    connection: host=/run/postgresql dbname=mail\n"
                                   : fmt::format("#    {}: {}\n", setting.name(), default_text(setting));
    }
    return result + "\n";
}

constexpr std::string_view domains_text = "The keys of each domain. A domain may be written in its own "
                                          "script or with xn-- labels. All active keys of a domain "
                                          "sign, so that an RSA and an Ed25519 key can stand side by side.";

constexpr std::string_view wildcard_text =
    "\"*.example.com\" is for all names below example.com and not for that name itself; the signature names "
    "example.com. The nearest entry counts: that of the name, then the nearest above it that is for the "
    "names "
    "below, then default. An entry counts even if none of its keys is active.";

constexpr std::string_view default_keys_text =
    "Keys for all domains of a list that have neither an entry below domains nor a row of the signing table. "
    "Everything that a domain has may stand here, but for subdomains; the signature names the domain of the "
    "author, which has to publish the key. No other domain is signed for.";

constexpr std::string_view key_fields_text =
    "Which field of a message names the domain whose keys sign, as a list of rules; the first one that fits "
    "counts. Without a rule it is From. A field can only add a signature of another domain: one that could "
    "speak for From needs a key and a row of senders.table for From as well.";

// What may stand below `domains: NAME:` and `default:` beside the keys, as YAML in a comment.
std::string sample_entry() {
    std::string result;
    for (const DomainSigningSetting& setting : domain_signing_schema()) {
        result += wrapped(fmt::format("{}: {}", setting.name(), setting.text), "#    # ", sample_width);
    }
    result += wrapped("used_by: Who may use the keys. Without it, everybody whose mail is signed.", "#    # ",
                      sample_width);
    for (const DomainSigningSetting& setting : used_by_schema()) {
        result += wrapped(fmt::format("{}: {}", setting.name(), setting.text), "#    #   # ", sample_width);
    }
    result += wrapped("rotation: What holds for its keys in place of the settings below rotation: every, "
                      "overlap, transit, give_up, selector, type, bits, silence_lost and publish.",
                      "#    # ", sample_width);
    return result;
}

std::string sample_default() {
    std::string result =
        fmt::format("#{}:\n", default_name) + wrapped(default_keys_text, "#  # ", sample_width);
    for (const DefaultSetting& setting : default_schema()) {
        result += wrapped(fmt::format("{}: {}", setting.name(), setting.text), "#  # ", sample_width);
    }
    return result + "#  domain_table: domains\n#  keys: [{selector: s2026, file: keys/default.pem}]\n\n";
}

std::string sample_key_fields() {
    std::string result =
        fmt::format("#{}:\n", key_fields_name) + wrapped(key_fields_text, "#  # ", sample_width);
    for (const KeyFieldSetting& setting : key_field_schema()) {
        result += wrapped(fmt::format("{}: {}", setting.name(), setting.text), "#  # ", sample_width);
    }
    return result + "#  - {daemons: [LISTS], fields: [List-Post, From]}\n";
}

std::string sample_domains() {
    std::string result = wrapped(include_text, "# ", sample_width);
    result += fmt::format("#{}: domains.d/*.yaml\n\n", include_name);
    result += wrapped(domains_text, "# ", sample_width) + wrapped(wildcard_text, "# ", sample_width);
    result += fmt::format("#{}:\n#  example.com:\n", domains_name);
    for (const DomainSetting& setting : domain_schema()) {
        result += wrapped(setting.text, "#    # ", sample_width);
        result += fmt::format("#    {}: {}\n", setting.name(), default_text(setting));
    }
    result += sample_entry();
    result += fmt::format("#    {}:\n", keys_name);
    for (const KeySetting& setting : key_schema()) {
        result += wrapped(setting.text, "#        # ", sample_width);
    }
    result += "#      - selector: s2026\n#        file: keys/s2026.example.com.pem\n\n";
    return result + sample_default() + sample_key_fields();
}

std::string_view restart_note(const Setting& setting) {
    return needs_restart(setting) ? " A change needs a restart." : "";
}

// Keys, domains and relays are read anew.
template <class Target>
std::string_view restart_note(const SettingOf<Target>&) {
    return "";
}

template <class Target>
std::string manual_setting(const SettingOf<Target>& setting) {
    const std::string value =
        setting.required ? "Must be given." : fmt::format("Default: `{}`", default_text(setting));
    return fmt::format("`{}`\n", setting.path) +
           wrapped(fmt::format("{} Value: {}. {}{}", setting.text, expectation(setting.type), value,
                               restart_note(setting)),
                   "  ", manual_width)
               .replace(0, 2, ": ") +
           "\n";
}

// Of what stands below a name of the operator's choice, without a path.
template <class Target>
std::string manual_item(const SettingOf<Target>& setting) {
    const std::string_view value = setting.required ? " Must be given." : "";
    return fmt::format("`{}`\n", setting.name()) +
           wrapped(fmt::format("{} Value: {}.{}", setting.text, expectation(setting.type), value), "  ",
                   manual_width)
               .replace(0, 2, ": ") +
           "\n";
}

std::string manual_policy_structures() {
    std::string result = fmt::format("### policy.{}\n\n", profiles_name) +
                         wrapped(profiles_text, "", manual_width) + "\n" +
                         "    policy:\n      profiles:\n        partners:\n"
                         "          clients: [192.0.2.0/24]\n          spf_fail: accept\n\n";
    for (const ProfileSetting& setting : profile_schema()) {
        if (find_setting(setting.path) == nullptr) {
            result += manual_item(setting);
        }
    }
    result +=
        fmt::format("### policy.{}\n\n", exceptions_name) + wrapped(exceptions_text, "", manual_width) + "\n";
    for (const ExceptionSetting& setting : exception_schema()) {
        result += manual_item(setting);
    }
    return result;
}

constexpr std::string_view manual_relays_example = R"(
      relays:
        hosts:
          - addresses: [192.0.2.7, "2001:db8::7"]
            names: [mx2.example.net]
            form: postfix

)";

std::string manual_relays() {
    std::string result = fmt::format("`relays.{}`\n", hosts_name) +
                         wrapped(fmt::format("{} Each is a mapping with the following names.", relays_text),
                                 "  ", manual_width)
                             .replace(0, 2, ": ") +
                         std::string(manual_relays_example);
    for (const RelaySetting& setting : relay_schema()) {
        result += manual_setting(setting);
    }
    return result;
}

std::string manual_section(const Section& section) {
    std::string result;
    if (!section.name.empty()) {
        result += fmt::format("### {}\n\n", section.name);
    }
    if (!section.text.empty()) {
        result += wrapped(section.text, "", manual_width) + "\n";
    }
    for (const Setting& setting : section.settings) {
        result += manual_setting(setting);
    }
    if (section.name == relays_name) {
        result += manual_relays();
    }
    return ends_policy(section) ? result + manual_policy_structures() : result;
}

constexpr std::string_view manual_head = R"(# paraph.yaml(5): configuration of paraphd and paraph

## DESCRIPTION

The file is YAML: sections with settings below them, indented by two blanks. A setting that is not given has its
default, and an empty file is a good configuration for checking mail. An unknown or repeated name is an error, and so is
a value of the wrong kind; `paraph check-config` lists all errors of all files at once, with file, line and column.

Truth values are written `true`, `yes`, `on` or `false`, `no`, `off`, without quotes. Durations have a unit: `200ms`,
`5s`, `10m`, `1h`, `2d`. Sizes are in bytes or have one of the units `K`, `M`, `G`, powers of 1024. Lists are written
`[a, b]` or one item a line after a hyphen. Relative paths start at the directory of the file that names them, those
of a configuration from standard input (`paraph check-config -`) at the working directory.

A setting is called by its section and its name with a dot between them: `spf.enabled` is the line `enabled:` indented
below the line `spf:`.

## SETTINGS

)";

constexpr std::string_view manual_domains_example = R"(    domains:
      example.com:
        subdomains: true
        keys:
          - selector: s2026
            file: keys/s2026.example.com.pem
          - selector: ed2026
            file: keys/ed2026.example.com.pem

)";

constexpr std::string_view manual_sources_example =
    R"(    signing: {key_table: postgresql:mail, signing_table: postgresql:mail}
    sources:
      mail: {connection: "host=/run/postgresql dbname=mail"}

)";

constexpr std::string_view manual_default_example = R"(    default:
      domains: [example.net, "*.example.net"]
      domain_table: domains
      keys:
        - selector: s2026
          file: keys/default.pem

)";

constexpr std::string_view manual_key_fields_example = R"(    key_fields:
      - daemons: [LISTS]
        fields: [List-Post, From]

)";

constexpr std::string_view manual_foot = R"(## KEY FILES

With `signing.require_safe_keys` a key file must belong to root or to the user of the daemon, must not be writable for
its group or accessible for others, and may be readable for a group only if that is root's or one of the daemon's. All
directories above it must belong to root or to that user, and none may be writable for its group or for everybody,
except those with the sticky bit, such as `/tmp`, in which only the owner of an entry can replace it. Access control
lists (acl(5)) count like the mode. The same holds for a key table that has keys in it.

## FILES

`/etc/paraph/paraph.yaml`
: The configuration that is read unless another one is named.

## SEE ALSO

paraphd(8), paraph(1)
)";

std::string manual_sources() {
    std::string result =
        fmt::format("### {}\n\n", sources_name) + wrapped(sources_text, "", manual_width) + "\n";
    result += manual_sources_example;
    for (const SourceSetting& setting : source_schema()) {
        result += manual_setting(setting);
    }
    return result;
}

std::string manual_domains() {
    std::string result =
        fmt::format("### {}\n\n", include_name) + wrapped(include_text, "", manual_width) + "\n";
    result += fmt::format("### {}\n\n", domains_name) + wrapped(domains_text, "", manual_width) + "\n";
    result += wrapped(wildcard_text, "", manual_width) + "\n";
    result += manual_domains_example;
    for (const DomainSetting& setting : domain_schema()) {
        result += manual_setting(setting);
    }
    for (const DomainSigningSetting& setting : domain_signing_schema()) {
        result += manual_setting(setting);
    }
    result += fmt::format("`{}`\n: Who may use the keys. Without it, everybody whose mail is signed.\n\n",
                          used_by_name);
    for (const DomainSigningSetting& setting : used_by_schema()) {
        result += manual_setting(setting);
    }
    result +=
        fmt::format("`{}`\n: What holds for the keys of this domain in place of the settings below `{}` "
                    "at the top:\n  every, overlap, transit, give_up, selector, type, bits, "
                    "silence_lost and publish.\n  Needs `rotate: true`.\n\n",
                    rotation_name, rotation_name);
    result += fmt::format("`{}`\n: The keys, a list of mappings with the following names.\n\n", keys_name);
    for (const KeySetting& setting : key_schema()) {
        result += manual_setting(setting);
    }
    return result;
}

std::string manual_default() {
    std::string result =
        fmt::format("### {}\n\n", default_name) + wrapped(default_keys_text, "", manual_width) + "\n";
    result += manual_default_example;
    for (const DefaultSetting& setting : default_schema()) {
        result += manual_setting(setting);
    }
    return result;
}

std::string manual_key_fields() {
    std::string result =
        fmt::format("### {}\n\n", key_fields_name) + wrapped(key_fields_text, "", manual_width) + "\n";
    result += manual_key_fields_example;
    for (const KeyFieldSetting& setting : key_field_schema()) {
        result += manual_setting(setting);
    }
    return result;
}

} // namespace

std::string render_sample() {
    std::string result(sample_head);
    for (const Section& section : schema()) {
        result += sample_section(section);
    }
    return result + sample_sources() + sample_domains();
}

std::string render_manual() {
    std::string result(manual_head);
    for (const Section& section : schema()) {
        result += manual_section(section);
    }
    result += manual_sources() + manual_domains() + manual_default() + manual_key_fields();
    result += manual_foot;
    return result;
}

} // namespace config
