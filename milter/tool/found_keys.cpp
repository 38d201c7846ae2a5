#include "milter/tool/found_keys.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/secret_text.h"
#include "dkim/names.h"
#include "keys/file_bytes.h"
#include "keys/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace milter::tool {

namespace {

namespace fs = std::filesystem;

constexpr int max_depth = 2;
constexpr std::size_t max_files = 1'000'000;

bool is_key_name(const fs::path& path) {
    const auto suffix = path.extension();
    return suffix == ".private" || suffix == ".pem" || suffix == ".key";
}

void set(NamedKey& name, std::string_view selector, std::string_view domain) {
    const auto s = dkim::read_selector_name(selector);
    const auto d = dkim::read_domain_name(domain);
    if (s && name.selector.empty()) {
        name.selector = s->text();
    }
    if (d && name.domain.empty()) {
        name.domain = d->text();
    }
}

// What opendkim-genkey wrote beside the key: `s1._domainkey IN TXT ( ... ) ; ----- DKIM key s1 for
// example.org`.
std::string record_beside(const fs::path& file) {
    auto record = file;
    record.replace_extension(".txt");
    return keys::OpenFile(record.string()).read(keys::max_key_file).value_or(std::string());
}

void name_by_record(std::string_view record, NamedKey& name) {
    constexpr std::string_view before = "DKIM key ";
    constexpr std::string_view between = " for ";
    const auto start = record.find(before);
    if (start == std::string_view::npos) {
        return;
    }
    auto rest = record.substr(start + before.size());
    rest = rest.substr(0, rest.find('\n'));
    const auto middle = rest.find(between);
    if (middle != std::string_view::npos) {
        set(name, rest.substr(0, middle), base::trim_fws(rest.substr(middle + between.size())));
    }
}

// SELECTOR.DOMAIN.pem, as `paraph key generate` has it; DOMAIN/SELECTOR.private, as most guides to OpenDKIM
// do.
void name_by_path(const fs::path& file, NamedKey& name) {
    const auto stem = file.stem().string();
    const auto parent = file.parent_path().filename().string();
    const auto parent_domain = dkim::read_domain_name(parent);
    if (parent_domain && stem.find('.') == std::string::npos) {
        set(name, stem, parent);
        return;
    }
    const auto dot = stem.find('.');
    if (dot != std::string::npos && dkim::read_domain_name(stem.substr(dot + 1))) {
        set(name, stem.substr(0, dot), stem.substr(dot + 1));
        return;
    }
    set(name, stem, parent);
}

// The p= of a record file, whose strings stand between quotation marks.
std::string published_in(std::string_view record) {
    std::string text;
    bool inside = false;
    for (const char c : record) {
        inside = c == '"' ? !inside : inside;
        if (inside && c != '"') {
            text += c;
        }
    }
    const auto start = text.find("p=");
    const auto end = text.find(';', start);
    return start == std::string::npos ? std::string() : text.substr(start + 2, end - start - 2);
}

FoundKey look_at(const fs::path& file) {
    FoundKey found;
    found.name.file = fs::absolute(file).lexically_normal().string();
    const auto record = record_beside(file);
    name_by_record(record, found.name);
    name_by_path(fs::path(found.name.file), found.name);
    const auto key = read_key(found.name);
    if (!key) {
        found.problem = key.error().message;
        return found;
    }
    found.kind = print(key->type());
    found.bits = key->bits();
    const auto published = published_in(record);
    if (!published.empty() && published != base::base64_encode(key->public_record_bytes())) {
        found.doubt = fmt::format("{}: the record in the .txt file beside it is another key's",
                                  base::shown(found.name.file, 1024));
    }
    return found;
}

} // namespace

Result<std::vector<FoundKey>> find_keys(const std::string& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::is_directory(status)) {
        return fs::exists(status) ? Result<std::vector<FoundKey>>({look_at(path)})
                                  : fail(ExitCode::no_input,
                                         fmt::format("{}: {}", keys::shown_path(path),
                                                     error ? error.message() : "No such file or directory"));
    }
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        if (at.depth() >= max_depth) {
            at.disable_recursion_pending();
        }
        if (is_key_name(at->path()) && at->is_regular_file(error) && files.size() < max_files) {
            files.push_back(at->path());
        }
    }
    if (error) {
        return fail(ExitCode::no_input, fmt::format("{}: {}", keys::shown_path(path), error.message()));
    }
    std::sort(files.begin(), files.end());
    std::vector<FoundKey> found;
    std::transform(files.begin(), files.end(), std::back_inserter(found), look_at);
    return found;
}

} // namespace milter::tool
