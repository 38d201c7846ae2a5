#include "milter/resolver/warnings.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace milter::resolver {

namespace {

std::string_view text_of(Warning kind) {
    switch (kind) {
    case Warning::no_server_answers:
        return "no nameserver answered in time";
    case Warning::too_many_questions:
        return "too many DNS questions are open";
    case Warning::callback_threw:
        return "a receiver of a DNS answer failed";
    case Warning::unreachable_server:
        return "a nameserver cannot be reached";
    }
    return "";
}

} // namespace

void Warnings::warn(Warning kind, std::string_view detail, Time now) {
    if (!report_) {
        return;
    }
    const auto kept_back = kinds_.with([&](Kinds& kinds) -> std::optional<std::uint64_t> {
        Kind& state = kinds.at(static_cast<std::size_t>(kind));
        if (state.last && now < *state.last + interval) {
            ++state.kept_back;
            return std::nullopt;
        }
        state.last = now;
        return std::exchange(state.kept_back, 0);
    });
    if (!kept_back) {
        return;
    }
    std::string line(text_of(kind));
    if (!detail.empty()) {
        line += fmt::format(": {}", detail);
    }
    if (*kept_back > 0) {
        line += fmt::format(" ({} more since the last warning)", *kept_back);
    }
    report_(line);
}

} // namespace milter::resolver
