#include "milter/tool/import/processes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace milter::tool::import {

namespace {

bool runs(const std::filesystem::path& process, const std::string& program) {
    std::error_code error;
    std::string name = std::filesystem::read_symlink(process / "exe", error).filename().string();
    name.resize(std::min(name.size(), name.find(' '))); // "paraphd (deleted)"
    return !error && name == program;
}

} // namespace

std::vector<pid_t> processes_of(const std::string& program) {
    std::vector<pid_t> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        pid_t pid = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (read.ptr == name.data() + name.size() && runs(entry->path(), program)) {
            found.push_back(pid);
        }
    }
    return found;
}

} // namespace milter::tool::import
