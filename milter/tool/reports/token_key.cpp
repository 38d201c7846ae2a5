#include "milter/tool/reports/token_key.h"

#include "keys/file_bytes.h"
#include "milter/reports/site_key.h"
#include "milter/tool/secret_file.h"

#include <fmt/format.h>

#include <cerrno>

namespace milter::tool::reports {

Result<crypto::MacKey> read_token_key(const std::string& path) {
    auto key = milter::reports::read_site_key(path, secret_reader());
    return key ? Result<crypto::MacKey>(*key) : fail(ExitCode::config, key.error());
}

Result<crypto::MacKey> token_key(const std::string& path) {
    if (!milter::reports::make_site_key(path)) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    return read_token_key(path);
}

} // namespace milter::tool::reports
