#include "milter/daemon/capacity.h"

#include "milter/threads/share.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace milter::daemon {

namespace {

std::size_t as_count(rlim_t limit) {
    return limit == RLIM_INFINITY ? threads::Share::unlimited : static_cast<std::size_t>(limit);
}

std::size_t raise_descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    return as_count(setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur);
}

// The kernel does not hold root to it.
std::size_t user_processes() {
    rlimit limit{};
    if (geteuid() == 0 || getrlimit(RLIMIT_NPROC, &limit) != 0) {
        return threads::Share::unlimited;
    }
    return as_count(limit.rlim_cur);
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The path of our group: behind "0::" with the unified hierarchy, behind "N:pids:" with the older ones.
std::string group_path(std::string_view cgroup) {
    for (const std::string_view mark : {":pids:", "0::"}) {
        if (const auto at = cgroup.find(mark); at != std::string_view::npos) {
            const auto rest = cgroup.substr(at + mark.size());
            return std::string(rest.substr(0, rest.find('\n')));
        }
    }
    return {};
}

std::optional<std::size_t> read_limit(const std::filesystem::path& group) {
    std::ifstream file(group / "pids.max");
    std::size_t limit = 0;
    if (file >> limit) {
        return limit;
    }
    return std::nullopt; // no such file, or the word "max"
}

std::size_t control_groups() {
    const auto cgroup = read_text("/proc/self/cgroup");
    for (const auto* mount : {"/sys/fs/cgroup/pids", "/sys/fs/cgroup"}) {
        if (const auto limit = pids_limit(cgroup, mount)) {
            return *limit;
        }
    }
    return threads::Share::unlimited;
}

// What is left of a limit after the daemon's own share.
std::size_t without_own(std::size_t limit, std::size_t own) {
    return limit == threads::Share::unlimited ? limit : limit - std::min(own, limit / 2);
}

} // namespace

Capacity claim_capacity() {
    return {.descriptors = raise_descriptors(), .threads = std::min(user_processes(), control_groups())};
}

ConnectionLimits connection_limits(const Capacity& capacity) {
    constexpr std::size_t own_descriptors = 64; // the resolver's sockets, the log, files during a reload
    constexpr std::size_t own_threads = 24;
    const std::size_t open = std::min(without_own(capacity.descriptors, own_descriptors),
                                      without_own(capacity.threads, own_threads));
    return {.admitted = std::max<std::size_t>(1, open == threads::Share::unlimited ? open : open - open / 5),
            .open = std::max<std::size_t>(1, open)};
}

std::size_t running_threads() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (constexpr std::string_view mark = "Threads:"; line.starts_with(mark)) {
            return std::strtoul(line.c_str() + mark.size(), nullptr, 10);
        }
    }
    return 0;
}

std::optional<std::size_t> pids_limit(std::string_view cgroup, const std::string& mount) {
    const std::filesystem::path root(mount);
    const auto group = group_path(cgroup);
    if (group.empty()) {
        return std::nullopt;
    }
    std::optional<std::size_t> lowest;
    const auto relative = std::filesystem::path(group).relative_path();
    std::filesystem::path at = root;
    const auto consider = [&lowest](const std::filesystem::path& directory) {
        if (const auto limit = read_limit(directory)) {
            lowest = lowest ? std::min(*lowest, *limit) : *limit;
        }
    };
    consider(at);
    for (const auto& part : relative) {
        at /= part;
        consider(at);
    }
    return lowest;
}

} // namespace milter::daemon
