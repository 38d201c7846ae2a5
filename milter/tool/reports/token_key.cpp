#include "milter/tool/reports/token_key.h"

#include "keys/file_bytes.h"
#include "milter/tool/new_file.h"
#include "milter/tool/secret_file.h"

#include <fmt/format.h>

#include <string.h> // explicit_bzero
#include <sys/stat.h>

#include <cerrno>

namespace milter::tool::reports {

Result<crypto::MacKey> read_token_key(const std::string& path) {
    auto text = read_secret_file(path);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    auto key = crypto::MacKey::read(*text);
    ::explicit_bzero(text->data(), text->size());
    return key ? Result<crypto::MacKey>(*key)
               : fail(ExitCode::config, fmt::format("{}: this is no key: 32 octets in base64", path));
}

Result<crypto::MacKey> token_key(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0 && errno == ENOENT &&
        !make_file(path, crypto::MacKey::generate().print() + "\n")) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    return read_token_key(path);
}

} // namespace milter::tool::reports
