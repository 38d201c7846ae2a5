#include "milter/tool/rotation/means.h"

#include "keys/file_bytes.h"
#include "milter/tool/rotation/tsig_key.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace milter::tool::rotation {

namespace {

class Search {
  public:
    explicit Search(const std::string& file) : file_(file) {}

    void look(const config::Rotation& how) {
        switch (how.publish) {
        case config::PublishBy::none:
            break;
        case config::PublishBy::nsupdate:
            if (const auto key = how.tsig_key.empty() ? TsigKey() : read_tsig_key(how.tsig_key); !key) {
                tell("rotation.tsig_key", key.error());
            }
            break;
        case config::PublishBy::zone_file:
            look_for_program("rotation.zone_command", how.zone_command);
            break;
        case config::PublishBy::hook:
            look_for_program("rotation.hook", how.hook);
            break;
        }
        std::error_code error;
        if (const auto& old = how.publish_retired_key;
            !old.empty() && !std::filesystem::is_directory(old, error)) {
            tell("rotation.publish_retired_key",
                 fmt::format("{}: there is no such directory", keys::shown_path(old)));
        }
    }

    [[nodiscard]] std::vector<config::Diagnostic> found() && { return std::move(found_); }

  private:
    void look_for_program(const char* setting, const std::vector<std::string>& command) {
        if (!command.empty() && ::access(command.front().c_str(), X_OK) != 0) {
            const int error = errno;
            tell(setting, fmt::format("{}: {}", keys::shown_path(command.front()), keys::error_text(error)));
        }
    }

    // Domains have most of it in common.
    void tell(const char* setting, const std::string& problem) {
        auto message = fmt::format("'{}': {}", setting, problem);
        const bool is_told =
            std::ranges::any_of(found_, [&](const auto& one) { return one.message == message; });
        if (!is_told) {
            found_.push_back({config::Severity::warning, file_, 0, 0, std::move(message),
                              "key rotate cannot do without it"});
        }
    }

    const std::string& file_;
    std::vector<config::Diagnostic> found_;
};

} // namespace

std::vector<config::Diagnostic> missing_means(const config::Settings& settings, const std::string& file) {
    Search search(file);
    search.look(settings.rotation);
    for (const auto& [domain, entry] : settings.domains) {
        if (entry.rotate && entry.rotation) {
            search.look(*entry.rotation);
        }
    }
    return std::move(search).found();
}

} // namespace milter::tool::rotation
