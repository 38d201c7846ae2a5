#include "config/load_settings.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/load_fields.h"
#include "config/policy_schema.h"
#include "config/suggest.h"

#include <algorithm>
#include <array>
#include <optional>

namespace config {

namespace {

const Section* find_section(std::string_view name) {
    for (const Section& section : schema()) {
        if (!name.empty() && section.name == name) {
            return &section;
        }
    }
    return nullptr;
}

// The names that may stand beside a misspelt one: those of its section, or of the top of the file.
std::vector<std::string_view> siblings(const Section& section) {
    std::vector<std::string_view> names;
    for (const Setting& setting : section.settings) {
        names.push_back(setting.path);
    }
    if (section.name == relays_name) {
        names.push_back("relays.hosts");
    }
    if (section.name.empty()) {
        names.insert(names.end(), {include_name, sources_name, domains_name, default_name, key_fields_name});
        for (const Section& other : schema()) {
            names.push_back(other.name);
        }
    }
    return names;
}

// A setting that stands elsewhere under the same name, if there is just one: OpenDKIM's KeyTable, or a
// forgotten section. The texts of replies have names of other things.
std::optional<std::string_view> moved_from(std::string_view name) {
    std::optional<std::string_view> found;
    for (const Section& section : schema()) {
        if (section.own_name() == replies_name) {
            continue;
        }
        for (const Setting& setting : section.settings) {
            if (same_name(setting.name(), name) || same_name(setting.path, name)) {
                if (found) {
                    return std::nullopt;
                }
                found = setting.path;
            }
        }
    }
    return found;
}

// Options of policyd-spf that are not below spf.policyd, and what stands for them.
std::string policyd_hint(const Section& section, std::string_view name) {
    struct Replaced {
        std::string_view name;
        std::string_view hint;
    };
    static constexpr std::array<Replaced, 17> replaced{{
        {"Void_Limit", "set spf.void_lookups"},
        {"Lookup_Time", "dns.message_budget bounds the time for all of a message"},
        {"Whitelist_Lookup_Time", "dns.message_budget bounds the time for all of a message"},
        {"Header_Type", "Authentication-Results is always written; spf.received_spf adds Received-SPF"},
        {"Authserv_Id", "set authserv_id"},
        {"debugLevel", "set log.level"},
        {"QueueID", "lines of a message always bear its queue id"},
        {"HELO_pass_restriction", "a milter cannot name a restriction class"},
        {"Mail_From_pass_restriction", "a milter cannot name a restriction class"},
        {"Prospective", "paraph spf --ip judges mail as if it came from another address"},
        {"Per_User", "a message has one result for all of its recipients"},
        {"Mock", "paraph verify --answers needs no DNS"},
        {"defaultSeedOnly", "policyd-spf ignores it; set TestOnly"},
        {"Socket", "set listen.socket"},
        {"InternalHosts", "set roles.internal_hosts"},
        {"MacroList", "set roles.originating_daemons"},
        {"UMask", "set listen.socket_mode"},
    }};
    const auto found = std::find_if(replaced.begin(), replaced.end(),
                                    [&](const Replaced& entry) { return entry.name == name; });
    return section.name != "spf.policyd" || found == replaced.end() ? std::string()
                                                                    : std::string(found->hint);
}

// A section above with nothing below it, of which `name` would be a setting: its indentation is lost.
std::string lost_indentation(const TreeNode& root, const TreeNode& name) {
    constexpr std::size_t readable = 1000; // values in the file; it is walked for each unknown name
    std::string_view empty_section;
    for (std::size_t i = 0;
         root.children.size() <= readable && i + 1 < root.children.size() && root.children[i] != &name;
         i += 2) {
        const bool empty = root.children[i + 1]->kind == TreeNode::Kind::null;
        const Section* section = find_section(root.children[i]->text);
        const bool holds =
            section != nullptr
                ? std::any_of(section->settings.begin(), section->settings.end(),
                              [&](const Setting& setting) { return setting.name() == name.text; })
                : root.children[i]->text == domains_name && name.text.find('.') != std::string::npos;
        empty_section = empty && holds ? std::string_view(root.children[i]->text) : empty_section;
    }
    return empty_section.empty() ? "" : fmt::format("indent it, so that it stands below '{}'", empty_section);
}

// In profiles the section `author` has names of its own.
std::string outside_of_profiles(const Section& section, std::string_view name) {
    constexpr std::string_view prefix = "author_";
    if (section.name != policy_name || !name.starts_with(prefix)) {
        return {};
    }
    const auto path = fmt::format("author.{}", name.substr(prefix.size()));
    return find_setting(path) != nullptr ? fmt::format("outside of profiles: {}", path) : "";
}

void unknown_setting(const Section& section, const TreeNode& name, const File& file, Report& report,
                     std::string better_hint = {}) {
    const std::string prefix = section.name.empty() ? "" : fmt::format("{}.", section.name);
    const std::string path = prefix + base::shown(name.text);
    auto meant = nearest(path, siblings(section));
    if (!meant || meant->empty()) {
        meant = moved_from(name.text);
    }
    const bool dotted = section.name.empty() && find_setting(name.text) != nullptr;
    better_hint = better_hint.empty() ? missing_blank(name) : better_hint;
    better_hint = better_hint.empty() ? outside_of_profiles(section, name.text) : better_hint;
    const std::string hint = !better_hint.empty() ? better_hint
                             : dotted             ? fmt::format("write '{}' on a line of its own below '{}'",
                                                                name.text.substr(name.text.find('.') + 1),
                                                                name.text.substr(0, name.text.find('.')))
                             : meant              ? fmt::format("did you mean '{}'?", *meant)
                                                  : "";
    report.error(place_of(file, name), fmt::format("unknown setting '{}'", path), hint);
}

bool is_structure(const Section& section, std::string_view name) {
    return (section.name == policy_name && (name == profiles_name || name == exceptions_name)) ||
           (section.name == relays_name && name == hosts_name);
}

void load_section(const Section& section, const Pair& pair, Settings& settings, const File& file,
                  Report& report, const ReadStructure& read_inner) {
    if (section.name == relays_name && pair.value->kind == TreeNode::Kind::sequence) {
        report.error(place_of(file, *pair.value), "'relays': expected settings below it, not a list",
                     "indent the list, so that it stands below 'hosts:' in it");
        return;
    }
    if (!expect_kind(TreeNode::Kind::mapping, pair, "", file, report)) {
        return;
    }
    if (section.given != nullptr) {
        section.given(settings);
    }
    load_fields(section.settings, *pair.value, fmt::format("{}.", section.name), settings, file, report,
                [&](const Pair& other) {
                    const auto path = fmt::format("{}.{}", section.name, other.name->text);
                    if (const Section* inner = find_section(path)) {
                        load_section(*inner, other, settings, file, report, read_inner);
                    } else if (is_structure(section, other.name->text)) {
                        read_inner(*other.name, *other.value);
                    } else {
                        unknown_setting(section, *other.name, file, report,
                                        policyd_hint(section, other.name->text));
                    }
                });
}

const TreeNode* child(const TreeNode* mapping, std::string_view name) {
    if (mapping == nullptr || mapping->kind != TreeNode::Kind::mapping) {
        return nullptr;
    }
    for (std::size_t i = 0; i + 1 < mapping->children.size(); i += 2) {
        if (mapping->children[i]->text == name) {
            return mapping->children[i + 1];
        }
    }
    return nullptr;
}

} // namespace

void load_settings(const TreeNode& root, Settings& settings, const File& file, Report& report,
                   const ReadStructure& read_include, const ReadStructure& read_domains,
                   const ReadStructure& read_inner) {
    const Section& top = schema().front();
    load_fields(top.settings, root, "", settings, file, report, [&](const Pair& pair) {
        if (pair.name->text == include_name) {
            read_include(*pair.name, *pair.value);
        } else if (pair.name->text == domains_name || pair.name->text == default_name ||
                   pair.name->text == key_fields_name) {
            read_domains(*pair.name, *pair.value);
        } else if (pair.name->text == sources_name) {
            read_inner(*pair.name, *pair.value);
        } else if (const Section* section = find_section(pair.name->text);
                   section != nullptr && !section->is_inner()) {
            load_section(*section, pair, settings, file, report, read_inner);
        } else {
            unknown_setting(top, *pair.name, file, report, lost_indentation(root, *pair.name));
        }
    });
}

const TreeNode* find_value(const TreeNode* root, std::string_view path) {
    const TreeNode* node = root;
    for (const std::string_view name : base::split(path, '.')) {
        node = child(node, name);
    }
    return node;
}

} // namespace config
