#include "config/load.h"

#include "base/secret_text.h"
#include "config/check_domain_signing.h"
#include "config/check_policy.h"
#include "config/environment.h"
#include "config/limits.h"
#include "config/load_check.h"
#include "config/load_domains.h"
#include "config/load_key_fields.h"
#include "config/load_policy.h"
#include "config/load_relays.h"
#include "config/load_rotation.h"
#include "config/load_settings.h"
#include "config/load_source.h"
#include "config/load_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <set>

namespace config {

namespace {

base::UnixTime now() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

// One run over the main file and what it includes.
class Loader {
  public:
    explicit Loader(bool keeps_origins) : keeps_origins_(keeps_origins) {
        if (!keeps_origins) {
            domains_.keep_no_places();
        }
    }

    void load_main(std::string_view yaml, const File& file, const std::vector<Variable>& variables = {}) {
        const auto tree = parse(yaml, file);
        const TreeNode* root = tree ? tree->root : nullptr;
        const bool has_top = root != nullptr && expect_top(*root, file);
        if (!has_top) {
            load_variables(variables, file);
        } else {
            load_settings(
                *root, settings_, file, report_,
                [&](const TreeNode& name, const TreeNode& value) { load_includes({&name, &value}, file); },
                [&](const TreeNode& name, const TreeNode& value) { load_structure({&name, &value}, file); },
                [&](const TreeNode& name, const TreeNode& value) {
                    if (name.text == hosts_name) {
                        relays_.load({&name, &value}, file);
                    } else if (name.text == sources_name) {
                        sources_.load({&name, &value}, file);
                    } else {
                        policy_.note({&name, &value});
                    }
                });
            load_variables(variables, file);
            policy_.finish(root, file);
            settings_.signing.tables_in = file.name;
            domains_.finish();
            rotation_.finish(domains_.places());
        }
        if (tree) {
            check_settings(settings_, root, file, report_);
            check_domain_signing(settings_, domains_.setting_places(), report_);
            apply_mode(settings_);
            check_policy(settings_, policy_.places(), now(), report_);
            note_origins(root, file);
        }
    }

    const File& add_file(const std::string& name, const std::string& directory) {
        return files_.emplace_back(File{name, directory, files_.size()});
    }

    void refuse(const File& file, std::string message) {
        report_.error({&file, 0, 0}, std::move(message));
        parsed_ = false;
    }

    [[nodiscard]] Loaded finish() {
        Loaded loaded;
        (report_.has_errors() ? loaded.partial : loaded.settings) = std::move(settings_);
        loaded.parsed = parsed_;
        loaded.diagnostics = report_.take();
        for (Diagnostic& diagnostic : loaded.diagnostics) {
            name_variable(diagnostic);
        }
        loaded.patterns = std::move(patterns_);
        for (const File& file : files_) {
            loaded.files.push_back(file.name);
        }
        if (!keeps_origins_) {
            return loaded;
        }
        for (const auto& [domain, place] : domains_.places()) {
            origins_.insert_or_assign(fmt::format("{}.{}", domains_name, domain),
                                      Origin{place.file->name, place.line});
        }
        const Settings& settings = loaded.settings ? *loaded.settings : *loaded.partial;
        if (settings.default_keys.given) {
            origins_.insert_or_assign(std::string(default_name), Origin{settings.default_keys.entry.named_in,
                                                                        settings.default_keys.line});
        }
        if (!settings.key_fields.empty()) {
            origins_.insert_or_assign(std::string(key_fields_name),
                                      Origin{loaded.files.front(), settings.key_fields.front().line});
        }
        for (const auto& [path, place] : domains_.setting_places()) {
            origins_.insert_or_assign(path, Origin{place.file->name, place.line});
        }
        if (const auto& place = relays_.place()) {
            origins_.insert_or_assign(fmt::format("{}.{}", relays_name, hosts_name),
                                      Origin{place->file->name, place->line});
        }
        for (const auto& [path, place] : policy_.places().settings) {
            origins_.insert_or_assign(path, Origin{place.file->name, place.line});
        }
        loaded.origins = std::move(origins_);
        return loaded;
    }

  private:
    // Relative paths in them start where those of the file do.
    void load_variables(const std::vector<Variable>& variables, const File& main) {
        for (const Variable& variable : variables) {
            const File& file = variables_.emplace_back(
                File{variable.name, main.directory, max_included_files + 1 + variables_.size()});
            const auto yaml = yaml_of(variable);
            const auto tree = yaml ? parse(*yaml, file) : std::nullopt;
            set_by_variable_.emplace(path_of(variable.name), variable.name);
            if (!yaml) {
                report_.error({&file, 0, 0}, yaml.error());
            } else if (tree && tree->root != nullptr) {
                const auto nothing = [](const TreeNode&, const TreeNode&) {};
                load_settings(*tree->root, settings_, file, report_, nothing, nothing, nothing);
            }
        }
    }

    // In place of lines that a variable has not, and of the file where that does not give the setting.
    void name_variable(Diagnostic& diagnostic) const {
        for (const auto& [path, variable] : set_by_variable_) {
            const bool of_check = diagnostic.line == 0 && diagnostic.file == files_.front().name &&
                                  diagnostic.message.starts_with(fmt::format("'{}'", path));
            if (of_check || diagnostic.file == variable) {
                diagnostic.file = variable;
                diagnostic.line = diagnostic.column = 0;
            }
        }
    }

    // What stands at the top of the file and names keys.
    void load_structure(const Pair& pair, const File& file) {
        if (pair.name->text == default_name) {
            domains_.load_default(pair, file);
        } else if (pair.name->text == key_fields_name) {
            load_key_fields(pair, settings_.key_fields, file, report_);
        } else {
            domains_.load(pair, file);
        }
    }

    void note_origins(const TreeNode* root, const File& file) {
        for (const Section& section : schema()) {
            for (const Setting& setting : section.settings) {
                if (const TreeNode* value = find_value(root, setting.path)) {
                    origins_.insert_or_assign(std::string(setting.path), Origin{file.name, value->line});
                }
            }
        }
    }

    std::optional<Tree> parse(std::string_view yaml, const File& file) {
        auto tree = parse_tree(yaml);
        if (!tree) {
            const TreeError& error = tree.error();
            report_.error({&file, error.line, error.column}, error.message, error.hint);
            parsed_ = false;
            return std::nullopt;
        }
        return std::move(*tree);
    }

    bool expect_top(const TreeNode& root, const File& file) {
        if (root.kind == TreeNode::Kind::mapping || root.kind == TreeNode::Kind::null) {
            return true;
        }
        report_.error(place_of(file, root), fmt::format("expected settings, not {}", print(root.kind)),
                      pasted_key_hint(root).empty() ? "a setting is a name, a colon, a blank and a value"
                                                    : pasted_key_hint(root));
        return false;
    }

    // One pattern or a list of them.
    void load_includes(const Pair& pair, const File& file) {
        if (pair.value->kind == TreeNode::Kind::scalar) {
            load_pattern(*pair.value, file);
            return;
        }
        if (!expect_kind(TreeNode::Kind::sequence, pair, "", file, report_)) {
            return;
        }
        for (const TreeNode* item : pair.value->children) {
            if (item->kind == TreeNode::Kind::scalar) {
                load_pattern(*item, file);
            } else {
                report_.error(place_of(file, *item), fmt::format("'{}': expected a path or a pattern, not {}",
                                                                 include_name, print(item->kind)));
            }
        }
    }

    void load_pattern(const TreeNode& pattern, const File& file) {
        const Place place = place_of(file, pattern);
        const auto paths = expand_pattern(file.directory, pattern.text);
        patterns_.push_back({file.directory, pattern.text});
        if (paths.empty()) {
            report_.warning(place, fmt::format("'{}': no file matches '{}'", include_name,
                                               shown_path(resolve_path(file.directory, pattern.text))));
        }
        for (const std::string& path : paths) {
            if (files_.size() > max_included_files) {
                report_.error(place, fmt::format("more than {} included files", max_included_files));
                return;
            }
            if (same_file(path, file.name)) {
                report_.error(place,
                              fmt::format("'{}': {} would include itself", include_name, shown_path(path)));
            } else if (included_.insert(path).second) {
                load_included(path, place);
            }
        }
    }

    // A file that another one names at `from`.
    void load_further(std::string_view setting, const std::string& path, const Place& from,
                      const std::function<void(const TreeNode&, const File&)>& step) {
        const auto text = read_source(path);
        if (!text) {
            report_.error(from, fmt::format("'{}': {}: {}", setting, shown_path(path), text.error()));
            parsed_ = false;
            return;
        }
        const File& file = add_file(path, directory_of(path));
        const auto tree = parse(*text, file);
        if (tree && tree->root != nullptr) {
            step(*tree->root, file);
        }
    }

    void load_included(const std::string& path, const Place& from) {
        load_further(include_name, path, from,
                     [&](const TreeNode& root, const File& file) { load_domains_of(root, file, from); });
    }

    void load_domains_of(const TreeNode& root, const File& file, const Place& from) {
        if (!expect_top(root, file)) {
            return;
        }
        for (const Pair& pair : unique_pairs(root, "", file, report_)) {
            if (pair.name->text == domains_name) {
                domains_.load(pair, file);
            } else {
                report_.error(
                    place_of(file, *pair.name),
                    fmt::format("{} may not stand in an included file", base::quoted(pair.name->text)),
                    fmt::format("included files hold '{}' only; the rest belongs in {}", domains_name,
                                from.file->name));
            }
        }
    }

    const bool keeps_origins_;
    Settings settings_;
    Report report_;
    bool parsed_ = true;
    std::deque<File> files_;                             // places point into it
    std::deque<File> variables_;                         // and into this
    std::map<std::string, std::string> set_by_variable_; // the variable of a setting, by its path
    std::set<std::string> included_;
    std::vector<IncludePattern> patterns_;
    std::map<std::string, Origin, std::less<>> origins_;
    RotationLoader rotation_{settings_, report_,
                             [this](const std::string& path, const Place& from,
                                    const std::function<void(const TreeNode&, const File&)>& step) {
                                 load_further("rotate", path, from, step);
                             }};
    DomainLoader domains_{settings_.domains, settings_.default_keys, rotation_, report_};
    PolicyLoader policy_{settings_, report_,
                         [this](const std::string& path, const Place& from,
                                const std::function<void(const TreeNode&, const File&)>& step) {
                             load_further("policy.exception_files", path, from, step);
                         }};
    SourceLoader sources_{settings_.sources, report_};
    RelayLoader relays_{settings_.relays.hosts, report_};
};

// What the standard library may throw (memory, above all) ends here.
template <class Step>
Loaded guarded(const std::string& name, bool keeps_origins, Step step) {
    try {
        Loader loader(keeps_origins);
        step(loader);
        return loader.finish();
    } catch (const std::exception& error) {
        Loaded loaded;
        loaded.diagnostics.push_back(
            {Severity::error, name, 0, 0, fmt::format("cannot be read: {}", error.what()), ""});
        loaded.parsed = false;
        return loaded;
    }
}

} // namespace

Loaded load_file(const std::string& path) {
    return guarded(path, true, [&](Loader& loader) {
        const auto text = read_source(path);
        const File& file = loader.add_file(path, directory_of(path));
        if (text) {
            loader.load_main(*text, file);
        } else {
            loader.refuse(file, text.error());
        }
    });
}

Loaded load_file_as(std::string_view yaml, const std::string& path) {
    return guarded(path, false, [&](Loader& loader) {
        loader.load_main(yaml, loader.add_file(path, directory_of(path)));
    });
}

Loaded load_file_as(std::string_view yaml, const std::string& path, const std::vector<Variable>& variables) {
    return guarded(path, false, [&](Loader& loader) {
        loader.load_main(yaml, loader.add_file(path, directory_of(path)), variables);
    });
}

Loaded load_text(std::string_view yaml, const std::string& name) {
    return guarded(name, true, [&](Loader& loader) { loader.load_main(yaml, loader.add_file(name, "")); });
}

Settings default_settings() {
    return {};
}

} // namespace config
