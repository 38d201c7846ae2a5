#include "config/load_report.h"

#include "config/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace config {

std::string print(const Place& place) {
    return fmt::format("{}:{}:{}", place.file->name, place.line, place.column);
}

void Report::error(const Place& place, std::string message, std::string hint) {
    ++errors_;
    add(Severity::error, place, std::move(message), std::move(hint));
}

void Report::local_error(const Place& place, std::string message, std::string hint) {
    add(Severity::local_error, place, std::move(message), std::move(hint));
}

void Report::warning(const Place& place, std::string message, std::string hint) {
    add(Severity::warning, place, std::move(message), std::move(hint));
}

void Report::add(Severity severity, const Place& place, std::string message, std::string hint) {
    // Warnings may not crowd out the error that keeps the daemon from starting.
    const std::size_t room = severity == Severity::error ? max_diagnostics : max_diagnostics / 2;
    if (entries_.size() >= room) {
        ++untold_;
        return;
    }
    entries_.push_back(
        {place.file->number,
         {severity, place.file->name, place.line, place.column, std::move(message), std::move(hint)}});
}

std::vector<Diagnostic> Report::take() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.file, a.diagnostic.line, a.diagnostic.column) <
               std::tie(b.file, b.diagnostic.line, b.diagnostic.column);
    });
    std::vector<Diagnostic> result;
    for (Entry& entry : entries_) {
        result.push_back(std::move(entry.diagnostic));
    }
    if (untold_ > 0) {
        const Severity severity = errors_ > 0 ? Severity::error : Severity::warning;
        result.push_back(
            {severity, result.front().file, 0, 0, fmt::format("{} more are not shown", untold_), ""});
    }
    entries_.clear();
    return result;
}

} // namespace config
