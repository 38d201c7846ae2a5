#include "milter/reports/history_records.h"

#include <fmt/format.h>

namespace milter::reports {

namespace {

constexpr std::string_view last_line = "action "; // of each record

} // namespace

std::size_t end_of_records(std::string_view records, std::size_t from, std::size_t octets) {
    const auto begins_at = [&](std::size_t at) { return records.substr(at).starts_with(begin_of_record); };
    std::size_t end = from;
    for (std::size_t line = from; line < records.size();) {
        const auto next = records.find('\n', line);
        line = next == std::string_view::npos ? records.size() : next + 1;
        if (line == records.size() || begins_at(line)) {
            if (end > from && line - from > octets) {
                break;
            }
            end = line;
        }
    }
    return end;
}

std::size_t end_of_whole_records(std::string_view tail) {
    if (tail.empty()) {
        return 0;
    }
    const auto last = [&](std::string_view word) {
        const auto at = tail.rfind(fmt::format("\n{}", word));
        return at != std::string_view::npos ? at + 1
               : tail.starts_with(word)     ? std::size_t{0}
                                            : std::string_view::npos;
    };
    const auto begin = last(begin_of_record);
    if (begin == std::string_view::npos) {
        return begin_of_record.starts_with(tail) ? 0 : std::string_view::npos;
    }
    const auto action = tail.find(fmt::format("\n{}", last_line), begin);
    const auto end = action == std::string_view::npos ? action : tail.find('\n', action + 1);
    if (end == std::string_view::npos) {
        return begin; // not finished
    }
    return tail.back() == '\n' ? tail.size() : end + 1;
}

} // namespace milter::reports
