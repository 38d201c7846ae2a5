// Files in memory, and an import of them.
#pragma once

#include "base/ascii.h"
#include "config/import/find_inputs.h"
#include "config/load.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace import_test {

class MemoryFiles : public config::import::Files {
  public:
    explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

    [[nodiscard]] base::Result<std::string, std::string> read(const std::string& path) const override {
        const auto found = files_.find(path);
        if (found != files_.end()) {
            return found->second;
        }
        return tl::make_unexpected(
            std::string(names_in(path).empty() ? "No such file or directory" : "Is a directory"));
    }
    [[nodiscard]] bool exists(const std::string& path) const override { return files_.contains(path); }
    [[nodiscard]] std::vector<std::string> names_in(const std::string& directory) const override {
        std::vector<std::string> names;
        for (const auto& [path, text] : files_) {
            if (path.starts_with(directory + "/") &&
                path.find('/', directory.size() + 1) == std::string::npos) {
                names.push_back(path.substr(directory.size() + 1));
            }
        }
        return names;
    }

  private:
    std::map<std::string, std::string> files_;
};

inline config::import::Outcome imported(std::map<std::string, std::string> texts,
                                        const config::import::Wanted& wanted = {}, bool copy_keys = false) {
    for (const char* program : {"opendkim", "opendmarc"}) { // both are installed
        texts.try_emplace(std::string("/usr/sbin/") + program, "");
    }
    const MemoryFiles files(std::move(texts));
    auto found = config::import::find_inputs(wanted, files);
    found.inputs.copy_keys = copy_keys;
    auto outcome = config::import::import(found.inputs, files);
    outcome.findings.insert(outcome.findings.end(), found.findings.begin(), found.findings.end());
    outcome.problems.insert(outcome.problems.end(), found.problems.begin(), found.problems.end());
    return outcome;
}

inline config::import::Outcome of_opendkim(const std::string& text,
                                           std::map<std::string, std::string> others = {}) {
    others["/etc/opendkim.conf"] = text;
    return imported(std::move(others));
}

// Errors of the configuration that was made, but for files that are not there.
inline std::vector<std::string> errors_of(const std::string& settings) {
    std::vector<std::string> errors;
    for (const auto& diagnostic : config::load_text(settings, "paraph.yaml").diagnostics) {
        if (diagnostic.severity != config::Severity::warning &&
            !diagnostic.message.ends_with("No such file or directory")) {
            errors.push_back(config::print(diagnostic));
        }
    }
    return errors;
}

// As load_text has them, with the files that are missing here.
inline config::Settings settings_of(const std::string& text) {
    const auto loaded = config::load_text(text, "paraph.yaml");
    return loaded.settings ? *loaded.settings : loaded.partial.value_or(config::default_settings());
}

inline bool has_line(const std::string& text, const std::string& line) {
    const auto lines = base::split(text, '\n');
    return std::any_of(lines.begin(), lines.end(),
                       [&](std::string_view one) { return base::trim_wsp(one) == line; });
}

// The findings of an effect, as "PLACE OPTION: TEXT".
inline std::vector<std::string> told(const config::import::Outcome& outcome, config::import::Effect effect) {
    std::vector<std::string> texts;
    for (const auto& finding : outcome.findings) {
        if (finding.effect == effect) {
            texts.push_back(finding.place.print() + " " + finding.option + ": " + finding.text);
        }
    }
    return texts;
}

inline bool tells(const config::import::Outcome& outcome, config::import::Effect effect,
                  const std::string& words) {
    const auto texts = told(outcome, effect);
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(words) != std::string::npos; });
}

} // namespace import_test
