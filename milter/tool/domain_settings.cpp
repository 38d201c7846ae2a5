#include "milter/tool/domain_settings.h"

#include "config/load_source.h"
#include "config/schema.h"
#include "milter/tool/domain_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace milter::tool {

namespace {

std::string origin_at(const config::Loaded& loaded, std::string_view path) {
    const auto found = loaded.origins.find(path);
    return found == loaded.origins.end() ? "" : fmt::format("{}:{}", found->second.file, found->second.line);
}

// The first of the places that a file gives.
std::string first_origin(const config::Loaded& loaded, std::initializer_list<std::string> paths) {
    for (const std::string& path : paths) {
        if (auto origin = origin_at(loaded, path); !origin.empty()) {
            return origin;
        }
    }
    return "default";
}

// The lines of one domain, as they come about.
class Lines {
  public:
    Lines(const config::Loaded& loaded, const base::DomainName& domain) : loaded_(loaded), domain_(domain) {}

    [[nodiscard]] std::vector<DomainLine> all() {
        find_entry();
        if (entry_ != nullptr) {
            add_domain();
            add_signing();
            add_users();
            add_keys();
        } else {
            const auto undecided = DomainEntries(*loaded_.settings).undecided(domain_);
            add("entry", undecided.empty() ? "none" : "unknown",
                undecided.empty() ? "neither 'domains' nor 'default' is for it" : undecided);
            for (const auto* name : {"key_table", "signing_table"}) {
                add_general(fmt::format("signing.{}", name));
            }
        }
        add_general("senders.table");
        add_general("senders.mismatch");
        return std::move(lines_);
    }

  private:
    void add(std::string name, std::string value, std::string origin) {
        lines_.push_back({std::move(name), std::move(value), std::move(origin)});
    }

    void add_general(const std::string& path) {
        const auto* setting = config::find_setting(path);
        add(path, config::print(setting->type, setting->read(*loaded_.settings)),
            first_origin(loaded_, {path}));
    }

    void find_entry() {
        const auto found = DomainEntries(*loaded_.settings).find(domain_);
        if (!found) {
            return;
        }
        is_default_ = found->is_default;
        path_ = is_default_ ? found->name : fmt::format("{}.{}", config::domains_name, found->name);
        entry_ = found->entry;
        signing_domain_ = found->signing_domain;
    }

    [[nodiscard]] std::string path_of(std::string_view name) const {
        return fmt::format("{}.{}", path_, name);
    }

    void add_domain() {
        const auto origin = first_origin(loaded_, {path_});
        add("entry", path_, origin);
        add("signing_domain", signing_domain_, first_origin(loaded_, {path_of("signing_domain"), path_}));
        if (!is_default_) {
            add("subdomains", entry_->subdomains ? "true" : "false",
                first_origin(loaded_, {path_of("subdomains")}));
        }
    }

    // What the entry does not give stands in `signing`.
    void add_signing() {
        const config::DomainSigning none;
        const auto& own = entry_->signing ? *entry_->signing : none;
        for (const auto& setting : config::domain_signing_schema()) {
            const bool given =
                std::find(own.given.begin(), own.given.end(), setting.name()) != own.given.end();
            const auto general = fmt::format("signing.{}", setting.name());
            const auto* above = config::find_setting(general);
            if (setting.name() == "signing_domain") {
                continue; // told already
            }
            const auto value =
                !given && above != nullptr ? above->read(*loaded_.settings) : setting.read(own);
            add(std::string(setting.name()), config::print(setting.type, value),
                given ? first_origin(loaded_, {path_of(setting.name())}) : first_origin(loaded_, {general}));
        }
    }

    void add_users() {
        const config::DomainSigning none;
        for (const auto& setting : config::used_by_schema()) {
            add(fmt::format("{}.{}", config::used_by_name, setting.name()),
                config::print(setting.type, setting.read(entry_->signing ? *entry_->signing : none)),
                first_origin(loaded_, {path_of(config::used_by_name)}));
        }
    }

    void add_keys() {
        for (const auto& key : entry_->keys) {
            std::string fields;
            for (const auto& setting : config::key_schema()) {
                if (setting.name() == "selector" || setting.name() == "active") {
                    continue; // the name of the line, and another word for the state
                }
                const auto value = setting.name() == "file" ? config::shown_path(key.file)
                                                            : config::print(setting.type, setting.read(key));
                fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", setting.name(), value);
            }
            add(fmt::format("{}.{}", config::keys_name, key.selector), fmt::format("{{{}}}", fields),
                config::origin_of(path_.substr(path_.find('.') + 1), *entry_, key));
        }
    }

    const config::Loaded& loaded_;
    const base::DomainName& domain_;
    const config::DomainEntry* entry_ = nullptr; // that is for the domain
    std::string path_;                           // where it stands
    std::string signing_domain_;
    bool is_default_ = false;
    std::vector<DomainLine> lines_;
};

} // namespace

std::vector<DomainLine> settings_of_domain(const config::Loaded& loaded, const base::DomainName& domain) {
    return Lines(loaded, domain).all();
}

} // namespace milter::tool
