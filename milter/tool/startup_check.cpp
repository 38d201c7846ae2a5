#include "milter/tool/startup_check.h"

#include "base/ascii.h"
#include "keys/key_file.h"
#include "milter/listener/socket_trial.h"
#include "milter/tool/as_user.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace milter::tool {

namespace {

using config::Diagnostic;
using config::Severity;

// The directory that systemd creates for the daemon each time it starts.
constexpr const char* runtime_directory = "/run/paraph";

Diagnostic about(const config::Loaded& loaded, const std::string& file, Severity severity,
                 std::string message, std::string hint = {}) {
    const auto origin = loaded.origins.find("listen.socket");
    const bool given = origin != loaded.origins.end();
    return {severity,
            given ? origin->second.file : file,
            given ? origin->second.line : 0,
            0,
            std::move(message),
            std::move(hint)};
}

bool waits_for_unit(const base::SocketName& socket) {
    return socket.path.starts_with(fmt::format("{}/", runtime_directory)) &&
           access(runtime_directory, F_OK) != 0 && errno == ENOENT;
}

// "denied", "in use", "no member" or "refused", a line end, and why; nothing: it would open.
std::string try_in_words(const base::SocketName& socket, const std::string& group) {
    const auto trouble = listener::try_socket(socket, group);
    if (!trouble) {
        return "\n";
    }
    return fmt::format("{}\n{}",
                       trouble->in_use      ? "in use"
                       : trouble->denied    ? "denied"
                       : trouble->no_member ? "no member"
                                            : "refused",
                       trouble->reason);
}

void check_socket(const config::Settings& settings, const config::Loaded& loaded, const std::string& file,
                  const std::string& user, std::vector<Diagnostic>& found) {
    const auto& listen = settings.listen;
    if (waits_for_unit(listen.socket)) {
        found.push_back(about(loaded, file, Severity::warning,
                              fmt::format("'listen.socket': there is no {} yet", runtime_directory),
                              "systemd creates it when it starts the daemon"));
        return;
    }
    const auto answer = as_user(user, [&] { return try_in_words(listen.socket, listen.socket_group); });
    if (!answer) {
        found.push_back(about(loaded, file, Severity::warning,
                              fmt::format("'listen.socket': not checked: whether user {} can open {}",
                                          base::printable(user), listen.socket.print()),
                              answer.error()));
        return;
    }
    const auto& words = *answer;
    const auto end = words.find('\n');
    if (end == 0 || end == std::string::npos) {
        return;
    }
    const auto kind = words.substr(0, end);
    const auto message = fmt::format("'listen.socket': {}: {}", listen.socket.print(), words.substr(end + 1));
    if (kind == "in use") {
        found.push_back(about(loaded, file, Severity::warning, message, "most likely the running daemon"));
    } else if (kind == "no member") {
        found.push_back(about(loaded, file, Severity::warning, message,
                              "unless the unit adds it with SupplementaryGroups"));
    } else if (kind == "denied" && user.empty() && geteuid() != 0) {
        found.push_back(about(loaded, file, Severity::warning, message,
                              "to you; run this as root to check for the daemon"));
    } else {
        found.push_back(about(loaded, file, Severity::error, message,
                              kind == "denied" && !user.empty()
                                  ? fmt::format("to user {}, not counting groups that a unit may add", user)
                                  : ""));
    }
}

// One file a line.
std::string refused_files(const std::vector<std::string>& files) {
    std::string refused;
    for (const auto& file : files) {
        if (access(file.c_str(), R_OK) != 0 && errno == EACCES) {
            refused += file + '\n';
        }
    }
    return refused;
}

// From the file modes, with what to do, if they explain it.
std::string why_refused(const std::string& file, const std::string& user) {
    const auto reader = keys::Reader::of_user(user);
    const auto reason = reader ? keys::KeyFileCheck(*reader).barred(file) : std::nullopt;
    return reason.value_or(fmt::format("cannot be read by user {}", user));
}

// The daemon has another working directory, and may be unable to enter this one.
std::vector<std::string> absolute(std::vector<std::string> files) {
    for (auto& file : files) {
        std::error_code error;
        const auto whole = std::filesystem::absolute(file, error);
        file = error ? file : whole.string();
    }
    return files;
}

} // namespace

std::vector<Diagnostic> check_files(const std::vector<std::string>& files, const std::string& user) {
    std::vector<Diagnostic> found;
    if (user.empty() || files.empty()) {
        return found; // read already
    }
    const auto refused = as_user(user, [&] { return refused_files(absolute(files)); });
    if (!refused) {
        found.push_back({Severity::warning, files.front(), 0, 0,
                         fmt::format("not checked: whether user {} can read it", base::printable(user)),
                         refused.error()});
        return found;
    }
    for (const auto file : base::split(*refused, '\n')) {
        if (!file.empty()) {
            found.push_back(
                {Severity::error, std::string(file), 0, 0, why_refused(std::string(file), user), {}});
        }
    }
    return found;
}

std::vector<Diagnostic> check_listening(const config::Settings& settings, const config::Loaded& loaded,
                                        const std::string& file, const std::string& user) {
    std::vector<Diagnostic> found;
    check_socket(settings, loaded, file, user, found);
    return found;
}

} // namespace milter::tool
