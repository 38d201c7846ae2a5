#include "milter/tool/secret_file.h"

#include "keys/file_bytes.h"
#include "keys/key_file.h"
#include "milter/tool/daemon_user.h"

#include <fmt/format.h>

#include <unistd.h>

namespace milter::tool {

keys::Reader secret_reader() {
    auto reader = keys::Reader::self();
    if (::geteuid() == 0) {
        if (const auto daemon = keys::Reader::of_user(daemon_user)) {
            reader.also_trusted = daemon->user;
            reader.groups.insert(reader.groups.end(), daemon->groups.begin(), daemon->groups.end());
        }
    }
    return reader;
}

Result<std::string> read_secret_file(const std::string& path) {
    const auto finding = keys::KeyFileCheck(secret_reader()).examine(path);
    if (!finding.problem.empty() || !finding.danger.empty()) {
        return fail(ExitCode::config, finding.problem.empty() ? finding.danger : finding.problem);
    }
    constexpr std::size_t longest = 4096;
    auto text = keys::OpenFile(path).read(longest);
    if (!text) {
        return fail(ExitCode::config, fmt::format("{}: {}", path, text.error()));
    }
    return *std::move(text);
}

} // namespace milter::tool
