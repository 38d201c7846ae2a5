#include "milter/reports/site_key.h"

#include "keys/file_bytes.h"
#include "keys/key_file.h"
#include "milter/reports/new_file.h"

#include <fmt/format.h>

#include <string.h> // explicit_bzero
#include <sys/stat.h>

#include <cerrno>

namespace milter::reports {

base::Result<crypto::MacKey, std::string> read_site_key(const std::string& path, const keys::Reader& reader) {
    const auto finding = keys::KeyFileCheck(reader).examine(path);
    if (!finding.problem.empty() || !finding.danger.empty()) {
        return base::refuse(finding.problem.empty() ? finding.danger : finding.problem);
    }
    constexpr std::size_t longest = 4096;
    auto text = keys::OpenFile(path).read(longest);
    if (!text) {
        return base::refuse(fmt::format("{}: {}", path, text.error()));
    }
    auto key = crypto::MacKey::read(*text);
    ::explicit_bzero(text->data(), text->size());
    return key ? base::Result<crypto::MacKey, std::string>(*key)
               : base::refuse(fmt::format("{}: this is no key: 32 octets in base64", path));
}

bool make_site_key(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 || errno != ENOENT ||
           make_file(path, crypto::MacKey::generate().print() + "\n");
}

base::Result<crypto::MacKey, std::string> site_key(const std::string& path) {
    if (!make_site_key(path)) {
        return base::refuse(fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    return read_site_key(path, keys::Reader::self());
}

} // namespace milter::reports
