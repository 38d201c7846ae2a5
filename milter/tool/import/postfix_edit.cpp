#include "milter/tool/import/postfix_edit.h"

#include "base/ascii.h"
#include "config/import/postfix_file.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <system_error>

namespace milter::tool::import {

namespace {

constexpr std::array<const char*, 2> names{"main.cf", "master.cf"};

std::string trimmed(const std::string& text) {
    return std::string(base::trim_fws(text));
}

// Where the files really are.
Told<std::map<std::string, std::string>> places() {
    const auto directory = postfix_setting("config_directory");
    std::map<std::string, std::string> found; // name, path
    for (const char* name : names) {
        std::error_code error;
        const auto path = std::filesystem::canonical(std::filesystem::path(directory) / name, error);
        if (error) {
            return base::refuse(fmt::format("{}/{}: {}", directory, name, error.message()));
        }
        found[name] = path.string();
    }
    return found;
}

} // namespace

std::string postfix_setting(const std::string& name, const std::string& directory) {
    Words words{"postconf", "-hx", name};
    if (!directory.empty()) {
        words.insert(words.begin() + 1, {"-c", directory});
    }
    const auto value = output_of(words);
    return value ? trimmed(*value) : std::string();
}

Told<EditedPostfix> edited_postfix(const std::vector<config::import::Step>& steps, const Backup& backup) {
    const auto found = places();
    if (!found) {
        return base::refuse(found.error());
    }
    const Backup copies(backup.directory() + "/postfix");
    std::error_code error;
    std::filesystem::create_directory(copies.directory(), error);
    for (const auto& [name, path] : *found) {
        const auto bytes = keys::OpenFile(path).read(config::import::max_file_bytes);
        if (!bytes) {
            return base::refuse(fmt::format("{}: {}", path, bytes.error()));
        }
        if (auto kept = copies.keep(name, *bytes); !kept) {
            return base::refuse(kept.error());
        }
    }
    for (const auto& step : steps) {
        if (!step.command.empty() && step.command.front() == "postconf") {
            Words words{"postconf", "-c", copies.directory()};
            words.insert(words.end(), step.command.begin() + 1, step.command.end());
            if (auto done = must_run(words); !done) {
                return base::refuse(done.error());
            }
        }
    }
    EditedPostfix edited;
    edited.called_before = called_milters("smtpd_milters");
    edited.called_after = called_milters("smtpd_milters", copies.directory());
    for (const auto& [name, path] : *found) {
        auto bytes = copies.kept(name);
        if (!bytes) {
            return base::refuse(bytes.error());
        }
        edited.files[path] = std::move(*bytes);
    }
    std::filesystem::remove_all(copies.directory(), error);
    return edited;
}

std::vector<std::string> called_milters(const std::string& setting, const std::string& directory) {
    std::vector<std::string> addresses;
    for (const auto& item : config::import::split_list(postfix_setting(setting, directory))) {
        std::string address = item;
        if (item.starts_with('{')) {
            const auto words = config::import::split_list(std::string_view(item).substr(1));
            address = words.empty() ? "" : words.front();
        }
        if (address.starts_with("unix:") && !address.starts_with("unix:/")) {
            address = fmt::format("unix:{}/{}", postfix_setting("queue_directory"), address.substr(5));
        } else if (address.starts_with("inet:[")) {
            address = "inet6:" + address.substr(5);
        }
        if (address.starts_with("unix:/") || address.starts_with("inet")) {
            addresses.push_back(std::move(address));
        }
    }
    return addresses;
}

} // namespace milter::tool::import
