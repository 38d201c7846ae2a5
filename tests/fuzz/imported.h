// What holds for an import of any files.
#pragma once

#include "config/import/find_inputs.h"
#include "config/import/report.h"
#include "config/load.h"
#include "fuzz/property.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace fuzz {

class FewFiles : public config::import::Files {
  public:
    explicit FewFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

    [[nodiscard]] base::Result<std::string, std::string> read(const std::string& path) const override {
        const auto found = files_.find(path);
        if (found == files_.end()) {
            return tl::make_unexpected(std::string("No such file or directory"));
        }
        return found->second;
    }
    [[nodiscard]] bool exists(const std::string& path) const override { return files_.contains(path); }
    [[nodiscard]] std::vector<std::string> names_in(const std::string&) const override { return {}; }

  private:
    std::map<std::string, std::string> files_;
};

// The loader opens the files of this machine, which the import never saw.
inline bool is_of_a_file(std::string_view message) {
    return message.ends_with("No such file or directory") || message.ends_with("not a regular file") ||
           message.ends_with("Not a directory") || message.ends_with("File name too long") ||
           message.ends_with("Permission denied");
}

inline void import_all(std::map<std::string, std::string> texts) {
    texts.try_emplace("/usr/sbin/opendkim", "");
    texts.try_emplace("/usr/sbin/opendmarc", "");
    const FewFiles files(std::move(texts));
    for (const bool copies : {false, true}) {
        auto found = config::import::find_inputs({}, files);
        found.inputs.copy_keys = copies;
        const auto outcome = config::import::import(found.inputs, files);
        for (const char c : config::import::print_report(outcome, {})) {
            require(c == '\n' || (c >= ' ' && c <= '~'), "a report is plain text");
        }
        for (const auto& key : outcome.keys) {
            require(key.copy.empty() ||
                        (key.copy.starts_with("/etc/paraph/keys/") &&
                         key.copy.find('/', std::string("/etc/paraph/keys/").size()) == std::string::npos),
                    "copies lie in their own directory", key.copy);
        }
        const auto loaded = config::load_text(outcome.settings, "paraph.yaml");
        for (const auto& one : loaded.diagnostics) {
            require(one.severity == config::Severity::warning || is_of_a_file(one.message),
                    "what an import makes can be loaded", config::print(one) + "\n" + outcome.settings);
        }
        const auto& settings = loaded.settings ? loaded.settings : loaded.partial;
        if (!settings || outcome.settings.empty()) {
            return;
        }
        for (const auto& host : settings->roles.internal_hosts) {
            require(!host.network() || host.is_exception() || host.network()->length() > 0,
                    "nobody signs for everybody");
        }
    }
}

} // namespace fuzz
