#include "milter/tool/secret_file.h"

#include "keys/file_bytes.h"
#include "keys/key_file.h"

#include <fmt/format.h>

namespace milter::tool {

Result<std::string> read_secret_file(const std::string& path) {
    const auto self = keys::Reader::self();
    const auto finding = keys::KeyFileCheck(self).examine(path);
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
