#include "keys/source/secret_file.h"

#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <string.h> // explicit_bzero
#include <sys/stat.h>

namespace keys::source {

SecretFile::SecretFile(const std::string& path) {
    const OpenFile file(path);
    constexpr unsigned others = 0007;
    const auto status = file.status();
    if (status && S_ISREG(status->st_mode) && (status->st_mode & others) != 0) {
        problem_ = fmt::format("{}: can be read by others; chmod o= it", shown_path(path));
        return;
    }
    constexpr std::size_t longest = 4096;
    auto bytes = file.read(longest);
    if (!bytes) {
        problem_ = fmt::format("{}: {}", shown_path(path), bytes.error());
        return;
    }
    text_ = std::move(*bytes);
    const auto end = text_.find_first_of("\r\n");
    if (end != std::string::npos) {
        ::explicit_bzero(text_.data() + end, text_.size() - end);
        text_.resize(end);
    }
}

SecretFile::~SecretFile() {
    ::explicit_bzero(text_.data(), text_.size());
}

} // namespace keys::source
