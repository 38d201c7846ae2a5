#include "config/load_rotation.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/load_source.h"
#include "config/rotation_schema.h"
#include "dkim/names.h"

#include <filesystem>
#include <memory>
#include <system_error>

namespace config {

namespace {

bool is_missing(const std::string& path) {
    std::error_code error;
    return std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
}

} // namespace

void RotationLoader::note(const std::string& domain, const Pair& pair, const std::string& prefix,
                          const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, prefix, file, report_)) {
        return;
    }
    const std::string inner = fmt::format("{}{}.", prefix, rotation_name);
    const auto& schema = domain_rotation_schema();
    for (const Pair& one : unique_pairs(*pair.value, inner, file, report_)) {
        const auto setting = std::find_if(schema.begin(), schema.end(),
                                          [&](const auto& known) { return known.name() == one.name->text; });
        if (setting == schema.end()) {
            report_.error(
                place_of(file, *one.name),
                fmt::format("unknown setting {}", base::quoted(inner + one.name->text, inner.size() + 80)),
                find_setting(fmt::format("{}.{}", rotation_name, one.name->text)) != nullptr
                    ? "it is one for all domains, below 'rotation' at the top"
                    : unknown_name_hint(one, names_of(schema)));
        } else if (auto value = read_value(setting->type, one, inner, file, report_)) {
            own_[domain].emplace_back(&*setting, std::move(*value));
        }
    }
    own_.try_emplace(domain);
}

void RotationLoader::finish(const std::unordered_map<std::string, Place>& places) {
    std::shared_ptr<const Rotation> general; // shared by all that have nothing of their own
    for (auto& [domain, entry] : settings_.domains) {
        const auto own = own_.find(domain);
        if (!entry.rotate) {
            if (own != own_.end()) {
                report_.error(places.at(domain),
                              fmt::format("'domains.{}.rotation' needs 'rotate: true'", domain));
            }
            continue;
        }
        if (own == own_.end()) {
            general = general ? general : std::make_shared<const Rotation>(settings_.rotation);
            entry.rotation = general;
        } else {
            auto plan = std::make_shared<Rotation>(settings_.rotation);
            for (const auto& [setting, value] : own->second) {
                setting->write(*plan, value);
            }
            entry.rotation = std::move(plan);
        }
        settle(domain, entry, places.at(domain));
    }
}

void RotationLoader::settle(const std::string& domain, DomainEntry& entry, const Place& place) {
    if (domain.starts_with("*.") || (entry.signing && !entry.signing->signing_domain.empty())) {
        report_.error(place,
                      fmt::format("'domains.{}.rotate' is for a domain that signs by its own name", domain),
                      "write 'subdomains: true' to sign for the names below it");
        return;
    }
    check_plan(*entry.rotation, domain, place);
    const auto path = rotation_file(settings_.rotation.directory, domain);
    if (!is_missing(path)) {
        const auto errors = report_.errors();
        bool is_read = false;
        read_(path, place, [&](const TreeNode& root, const File& file) {
            load_keys(root, file, domain, entry);
            is_read = true;
        });
        if (!is_read && errors == report_.errors()) {
            report_.error(place, fmt::format("{}: it is empty", shown_path(path)),
                          "`paraph key rotate` writes it anew when it is gone");
        }
    }
    if (std::none_of(entry.keys.begin(), entry.keys.end(), [](const auto& key) { return key.is_active(); })) {
        report_.warning(
            place,
            fmt::format("'domains.{}': no key is active, mail from '{}' is not signed", domain, domain),
            "`paraph key rotate` makes one, and tells when it will sign");
    }
}

void RotationLoader::check_plan(const Rotation& plan, const std::string& domain, const Place& place) {
    if (const auto missing = missing_for_publication(plan); !missing.empty()) {
        report_.error(place, fmt::format("'domains.{}': {}", domain, missing));
    }
    if (settings_.listen.control.empty()) {
        report_.error(place, fmt::format("'domains.{}': 'rotate' needs 'listen.control'", domain),
                      "the daemon is told there what to sign with");
    }
    const auto normal = [](const std::string& path) {
        return std::filesystem::path(path + '/').lexically_normal();
    };
    if (!plan.publish_retired_key.empty() && normal(plan.publish_retired_key) == normal(plan.directory)) {
        report_.error(
            place, fmt::format("'domains.{}': 'rotation.publish_retired_key' is where the keys are that sign",
                               domain));
    }
    if (plan.overlap >= plan.every) {
        report_.error(
            place,
            fmt::format("'domains.{}': 'rotation.overlap' is not shorter than 'rotation.every'", domain));
    }
    constexpr std::size_t more =
        8; // of a selector than of its pattern: %Y is 2026, %t ed25519, and -99 may follow
    if (!dkim::signer_refusal(domain, std::string(plan.selector.size() + more, 's'), {}).empty()) {
        report_.error(place,
                      fmt::format("'domains.{}': the names of its key records would be too long", domain));
    }
}

void RotationLoader::load_keys(const TreeNode& root, const File& file, const std::string& domain,
                               DomainEntry& entry) {
    if (root.kind != TreeNode::Kind::mapping || root.children.size() != 2 ||
        root.children[0]->text != keys_name || root.children[1]->kind != TreeNode::Kind::sequence) {
        report_.error(place_of(file, root), "this is not what `paraph key rotate` writes",
                      "`paraph key rotate` writes it anew when it is gone");
        return;
    }
    for (const TreeNode* item : root.children[1]->children) {
        if (item->kind != TreeNode::Kind::mapping) {
            report_.error(place_of(file, *item), "this is not what `paraph key rotate` writes");
            continue;
        }
        SigningKeyEntry key;
        const auto errors = report_.errors();
        load_fields(key_schema(), *item, "keys.", key, file, report_, [&](const Pair& other) {
            report_.error(place_of(file, *other.name), "this is not what `paraph key rotate` writes");
        });
        key.selector = base::to_lower(key.selector);
        if (errors == report_.errors() && dkim::signer_refusal(domain, key.selector, {}).empty()) {
            take(std::move(key), entry);
        }
    }
}

// Of a key in the configuration, rotation says what state it is in.
void RotationLoader::take(SigningKeyEntry key, DomainEntry& entry) {
    const auto known = std::find_if(entry.keys.begin(), entry.keys.end(),
                                    [&](const auto& one) { return one.selector == key.selector; });
    if (known != entry.keys.end()) {
        known->state = key.state;
        return;
    }
    key.identity = entry.signing ? entry.signing->identity : "";
    entry.keys.push_back(std::move(key));
}

} // namespace config
