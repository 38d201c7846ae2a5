#include "milter/tool/rotation/host_files.h"

#include "base/ascii.h"
#include "crypto/digest.h"
#include "crypto/sealed.h"
#include "keys/file_bytes.h"
#include "keys/shared_rotation.h"
#include "milter/tool/rotation/files.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <vector>

namespace milter::tool::rotation {

namespace {

constexpr std::size_t longest = std::size_t{1024} * 1024;

// The words of a file's only line; none: there is no file.
base::Result<std::vector<std::string>, std::string> read_words(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 && errno == ENOENT) {
        return std::vector<std::string>();
    }
    const auto text = keys::OpenFile(path).read(longest);
    if (!text) {
        return base::refuse(fmt::format("{}: {}", path, text.error()));
    }
    std::vector<std::string> words;
    if (!text->ends_with('\n')) {
        return words;
    }
    for (const auto word : base::split(std::string_view(*text).substr(0, text->size() - 1), ' ')) {
        words.emplace_back(word);
    }
    return words;
}

base::Result<std::uint64_t, std::string> read_number(const std::string& path, const std::string& store) {
    const auto words = read_words(path);
    if (!words) {
        return base::refuse(words.error());
    }
    std::uint64_t number = 0;
    if (words->size() >= 2 && words->front() == store) {
        const auto& text = (*words)[1];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size()) {
            return number;
        }
    }
    return std::uint64_t{0};
}

} // namespace

std::string random_id() {
    std::string id;
    for (const std::uint8_t octet : crypto::sha256(crypto::SealingKey::generate().print())) {
        id += fmt::format("{:02x}", octet);
    }
    return id.substr(0, 32);
}

base::Result<std::string, std::string> machine_id() {
    const auto words = read_words("/etc/machine-id");
    if (!words || words->size() != 1 || !keys::is_host_id(words->front())) {
        return base::refuse(std::string("/etc/machine-id is needed to tell hosts apart, and cannot be read"));
    }
    return words->front();
}

base::Result<std::string, std::string> HostFiles::id() const {
    const auto path = directory_ + "/host";
    const auto machine = machine_id();
    const auto words = read_words(path);
    if (!machine || !words) {
        return base::refuse(machine ? words.error() : machine.error());
    }
    if (words->size() == 2 && keys::is_host_id(words->front()) && words->back() == *machine) {
        return words->front();
    }
    auto id = random_id();
    const auto written = replace_file(path, fmt::format("{} {}\n", id, *machine), std::nullopt, false);
    return written ? base::Result<std::string, std::string>(std::move(id)) : base::refuse(written.error());
}

std::string HostFiles::seen_file(const std::string& domain) const {
    return fmt::format("{}/{}.shared", directory_, domain);
}

base::Result<std::uint64_t, std::string> HostFiles::seen(const std::string& store,
                                                         const std::string& domain) const {
    return read_number(seen_file(domain), store);
}

base::Result<void, std::string> HostFiles::see(const std::string& store, const std::string& domain,
                                               std::uint64_t revision, const std::string& sealed) const {
    return replace_file(seen_file(domain), fmt::format("{} {} {}\n", store, revision, sealed), std::nullopt,
                        false);
}

base::Result<std::string, std::string> HostFiles::copy(const std::string& store,
                                                       const std::string& domain) const {
    const auto words = read_words(seen_file(domain));
    if (!words) {
        return base::refuse(words.error());
    }
    return words->size() == 3 && words->front() == store ? words->back() : std::string();
}

base::Result<std::uint64_t, std::string> HostFiles::followed(const std::string& store) const {
    return read_number(directory_ + "/followed", store);
}

base::Result<void, std::string> HostFiles::follow(const std::string& store, std::uint64_t change) const {
    return replace_file(directory_ + "/followed", fmt::format("{} {}\n", store, change), std::nullopt, false);
}

} // namespace milter::tool::rotation
