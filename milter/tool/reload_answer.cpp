#include "milter/tool/reload_answer.h"

#include "milter/listener/control.h"

#include <string_view>

namespace milter::tool {

ReloadAnswer read_reload_answer(const std::vector<std::string>& lines) {
    ReloadAnswer answer;
    for (const std::string_view line : lines) {
        const auto rest = [line](std::string_view kind) { return std::string(line.substr(kind.size())); };
        if (line.starts_with(listener::error_line)) {
            answer.problems.push_back(rest(listener::error_line));
        } else if (line.starts_with(listener::fault_line)) {
            answer.problems.push_back(rest(listener::fault_line));
            answer.faulty = true;
        } else if (line.starts_with(listener::warning_line)) {
            answer.warnings.push_back(rest(listener::warning_line));
        } else if (line.starts_with(listener::reloaded_line)) {
            answer.source = rest(listener::reloaded_line);
            answer.taken = true;
        } else if (line.starts_with(listener::refused_line)) {
            answer.source = rest(listener::refused_line);
        }
    }
    return answer;
}

} // namespace milter::tool
