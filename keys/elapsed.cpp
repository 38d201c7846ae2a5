#include "keys/elapsed.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace keys {

std::optional<std::chrono::seconds> read_seconds(std::string_view text) {
    constexpr std::int64_t most = 100'000'000'000;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good =
        error == std::errc() && end == text.data() + text.size() && number >= 0 && number <= most;
    return good ? std::optional(std::chrono::seconds(number)) : std::nullopt;
}

void Elapsed::start(const Moment& now) {
    hosts_.clear();
    hosts_.push_back({now.host, now.boot, now.uptime, now.uptime, std::chrono::seconds(0)});
}

void Elapsed::tick(const Moment& now) {
    const auto host =
        std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& known) { return known.name == now.host; });
    if (host == hosts_.end()) {
        hosts_.push_back({now.host, now.boot, now.uptime, now.uptime, std::chrono::seconds(0)});
        return;
    }
    if (host->boot != now.boot) {
        // The system was started after the last tick: all of its uptime has passed since.
        host->before += host->last - host->first;
        host->boot = now.boot;
        host->first = std::chrono::seconds(0);
        host->last = host->first;
    }
    host->last = std::max(host->last, now.uptime);
}

std::chrono::seconds Elapsed::certain() const {
    std::chrono::seconds longest{0};
    for (const Host& host : hosts_) {
        longest = std::max(longest, host.before + host.last - host.first);
    }
    return longest;
}

std::string Elapsed::print() const {
    std::string text;
    for (const Host& host : hosts_) {
        text += fmt::format("{}{}/{}/{}/{}/{}", text.empty() ? "" : " ", host.name, host.boot,
                            host.first.count(), host.last.count(), host.before.count());
    }
    return text.empty() ? "-" : text;
}

std::optional<Elapsed> Elapsed::read(std::string_view text) {
    Elapsed elapsed;
    if (text == "-") {
        return elapsed;
    }
    for (const std::string_view one : base::split(text, ' ')) {
        const auto parts = base::split(one, '/');
        if (parts.size() != 5 || parts[0].empty() || parts[1].empty()) {
            return std::nullopt;
        }
        const auto first = read_seconds(parts[2]), last = read_seconds(parts[3]),
                   before = read_seconds(parts[4]);
        if (!first || !last || !before || *last < *first) {
            return std::nullopt;
        }
        elapsed.hosts_.push_back({std::string(parts[0]), std::string(parts[1]), *first, *last, *before});
    }
    return elapsed;
}

} // namespace keys
