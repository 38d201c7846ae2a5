#include "milter/tool/import_files.h"

#include "milter/tool/import/careful_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace milter::tool {

base::Result<std::string, std::string> HostFiles::read(const std::string& path) const {
    std::error_code error;
    if (std::filesystem::canonical(place_of(path), error) == "/dev/null" && !error) {
        return std::string(); // a unit that is masked
    }
    auto file = import::read_carefully(place_of(path), config::import::max_file_bytes);
    return file ? base::Result<std::string, std::string>(std::move(file->bytes)) : base::refuse(file.error());
}

bool HostFiles::exists(const std::string& path) const {
    std::error_code error;
    // A link to nothing is something, and so is what cannot be looked at: whoever reads it is told why not.
    const auto type = std::filesystem::symlink_status(place_of(path), error).type();
    return type != std::filesystem::file_type::not_found;
}

std::vector<std::string> HostFiles::names_in(const std::string& directory) const {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place_of(directory), error), end; !error && entry != end;
         entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

} // namespace milter::tool
