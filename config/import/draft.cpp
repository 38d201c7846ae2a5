#include "config/import/draft.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "base/utf8.h"
#include "config/schema.h"
#include "config/text_checks.h"
#include "dkim/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

constexpr std::string_view cannot_hold = "a configuration cannot hold this text: it has control characters";

std::string comment_of(const Place& place, std::string_view option) {
    return base::one_line(fmt::format("{}{}{}", place.print(), option.empty() ? "" : " ", option));
}

bool fits(std::string_view text) {
    return base::is_utf8(text) && std::none_of(text.begin(), text.end(), base::is_control);
}

std::string reason_of(const Type& type, const Refusal& refusal) {
    std::string text =
        refusal.reason.empty() ? fmt::format("the setting takes {}", expectation(type)) : refusal.reason;
    return refusal.hint.empty() ? text : fmt::format("{} ({})", text, refusal.hint);
}

std::string with_comment(std::string_view indent, const std::string& comment) {
    return comment.empty() ? std::string() : fmt::format("{}# {}\n", indent, comment);
}

} // namespace

std::optional<std::string> as_yaml(std::string_view text) {
    return fits(text) ? std::optional(config::print(Type{.kind = Kind::text}, std::string(text)))
                      : std::nullopt;
}

std::string as_yaml_list(const std::vector<std::string>& texts) {
    std::vector<std::string> fitting;
    std::copy_if(texts.begin(), texts.end(), std::back_inserter(fitting), fits);
    return config::print(Type{.kind = Kind::texts}, fitting);
}

std::optional<std::string> Draft::set(std::string_view path, std::string_view value, const Place& place,
                                      std::string_view option) {
    const Setting* setting = find_setting(path);
    if (setting == nullptr) {
        return fmt::format("there is no setting {}", path);
    }
    if (!fits(value)) {
        return std::string(cannot_hold);
    }
    // A path is resolved when the file is read; here it is a text with or without its prefix.
    if (setting->type.kind == Kind::path) {
        settings_[std::string(path)] = {*as_yaml(value), comment_of(place, option)};
        return std::nullopt;
    }
    const auto parsed = parse_value(setting->type, value, false);
    if (!parsed) {
        return reason_of(setting->type, parsed.error());
    }
    settings_[std::string(path)] = {config::print(setting->type, *parsed), comment_of(place, option)};
    return std::nullopt;
}

std::vector<Draft::Refused> Draft::set_list(std::string_view path, const std::vector<std::string>& items,
                                            const Place& place, std::string_view option) {
    std::vector<Refused> refused;
    const Setting* setting = find_setting(path);
    if (setting == nullptr) {
        return refused;
    }
    std::vector<std::string_view> good;
    for (const std::string& item : items) {
        const auto refusal =
            fits(item) ? check_item(setting->type, item) : Refusal{std::string(cannot_hold), {}};
        if (refusal) {
            refused.push_back({item, reason_of(setting->type, *refusal)});
        } else if (std::find(good.begin(), good.end(), item) == good.end()) {
            good.emplace_back(item);
        }
    }
    const auto parsed = parse_list(setting->type, good);
    if (!parsed) {
        refused.push_back({"", reason_of(setting->type, parsed.error())});
        return refused;
    }
    settings_[std::string(path)] = {config::print(setting->type, *parsed), comment_of(place, option)};
    return refused;
}

std::optional<std::string> Draft::value_of(std::string_view path) const {
    const auto found = settings_.find(std::string(path));
    if (found == settings_.end()) {
        return std::nullopt;
    }
    const std::string& yaml = found->second.yaml;
    const bool quoted = yaml.size() >= 2 && yaml.front() == '"' && yaml.back() == '"';
    return quoted ? yaml.substr(1, yaml.size() - 2) : yaml;
}

void Draft::open(std::string_view section, const Place& place, std::string_view option) {
    opened_[std::string(section)] = comment_of(place, option);
}

std::optional<std::string> Draft::add_domain(std::string_view domain, bool subdomains, const DraftKey& key,
                                             const Place& place) {
    const auto parsed = base::DomainName::parse_international(domain);
    if (!parsed || check_domain(domain)) {
        return "it is no domain";
    }
    if (const auto refusal = dkim::signer_refusal(parsed->text(), key.selector, {}); !refusal.empty()) {
        return std::string(refusal);
    }
    if (!fits(key.file) || !fits(domain)) {
        return std::string(cannot_hold);
    }
    const std::string name = parsed->text();
    const auto known = std::ranges::find(domains_, name, &std::pair<std::string, Domain>::first);
    if (known == domains_.end()) {
        domains_.push_back({name, {subdomains, key, comment_of(place, "")}});
    }
    return std::nullopt;
}

std::optional<std::string> Draft::set_default(const std::string& table, const DraftKey& key,
                                              const Place& place) {
    if (!fits(table) || !fits(key.file)) {
        return std::string(cannot_hold);
    }
    default_ = Block{
        "",
        {{"domain_table", *as_yaml(table)},
         {"keys", fmt::format("[{{selector: {}, file: {}}}]", *as_yaml(key.selector), *as_yaml(key.file))}},
        comment_of(place, "")};
    return std::nullopt;
}

void Draft::add_source(const std::string& name, const std::vector<Line>& lines, const Place& place,
                       std::string_view option) {
    sources_.push_back({name, lines, comment_of(place, option)});
}

void Draft::add_exception(const std::vector<Line>& lines, const Place& place, std::string_view option) {
    exceptions_.push_back({"", lines, comment_of(place, option)});
}

void Draft::add_key_fields(const std::vector<std::string>& fields, const Place& place) {
    key_fields_ = Block{"", {{"fields", as_yaml_list(fields)}}, comment_of(place, "SenderHeaders")};
}

std::string Draft::settings_of(std::string_view section, std::string_view indent) const {
    std::string text;
    for (const Section& one : schema()) {
        if (one.name != section) {
            continue;
        }
        std::string before; // one comment for settings of one line that stand together
        for (const Setting& setting : one.settings) {
            const auto found = settings_.find(std::string(setting.path));
            if (found != settings_.end()) {
                text += before == found->second.comment ? "" : with_comment(indent, found->second.comment);
                before = found->second.comment;
                text += fmt::format("{}{}: {}\n", indent, setting.name(), found->second.yaml);
            }
        }
    }
    return text;
}

std::string Draft::section(std::string_view name) const {
    std::string text = settings_of(name, "  ");
    for (const Section& inner : schema()) {
        if (!inner.is_inner() || !inner.name.starts_with(std::string(name) + ".")) {
            continue;
        }
        const std::string settings = settings_of(inner.name, "    ");
        const auto opened = opened_.find(std::string(inner.name));
        if (opened != opened_.end()) {
            text += with_comment("  ", opened->second);
        }
        if (!settings.empty()) {
            text += fmt::format("  {}:\n{}", inner.own_name(), settings);
        } else if (opened != opened_.end()) {
            text += fmt::format("  {}: {{}}\n", inner.own_name());
        }
    }
    if (name == "policy" && !exceptions_.empty()) {
        text += "  exceptions:\n";
        for (const Block& block : exceptions_) {
            text += with_comment("    ", block.comment);
            for (const Line& line : block.lines) {
                text += fmt::format("    {} {}: {}\n", &line == block.lines.data() ? "-" : " ", line.name,
                                    line.yaml);
            }
        }
    }
    return text;
}

std::string Draft::print_domains() const {
    std::string text;
    for (const Block& source : sources_) {
        text += (text.empty() ? "\nsources:\n" : "") + with_comment("  ", source.comment) +
                fmt::format("  {}:\n", source.name);
        for (const Line& line : source.lines) {
            text += fmt::format("    {}: {}\n", line.name, line.yaml);
        }
    }
    text += domains_.empty() ? "" : "\ndomains:\n";
    for (const auto& [name, domain] : domains_) {
        text += with_comment("  ", domain.comment) + fmt::format("  {}:\n", *as_yaml(name));
        text += domain.subdomains ? "    subdomains: true\n" : "";
        text += fmt::format("    keys:\n      - selector: {}\n        file: {}\n",
                            *as_yaml(domain.key.selector), *as_yaml(domain.key.file));
    }
    if (default_) {
        text += "\ndefault:\n" + with_comment("  ", default_->comment);
        for (const Line& line : default_->lines) {
            text += fmt::format("  {}: {}\n", line.name, line.yaml);
        }
    }
    if (key_fields_) {
        text += "\nkey_fields:\n" + with_comment("  ", key_fields_->comment);
        text += fmt::format("  - fields: {}\n", key_fields_->lines.front().yaml);
    }
    return text;
}

std::string Draft::print(std::string_view introduction) const {
    std::string text(introduction);
    const std::string top = settings_of("", "");
    text += top.empty() ? "" : "\n" + top;
    for (const Section& one : schema()) {
        if (one.name.empty() || one.is_inner()) {
            continue;
        }
        const std::string inside = section(one.name);
        text += inside.empty() ? "" : fmt::format("\n{}:\n{}", one.name, inside);
    }
    return text + print_domains();
}

} // namespace config::import
