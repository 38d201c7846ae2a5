#include "keys/source/reconnecting.h"

#include <utility>

namespace keys::source {

Answer Reconnecting::look_up(std::string_view name, Time deadline) {
    const bool kept = is_open();
    Answer answer = try_once(name, deadline);
    if (!answer && kept && std::chrono::steady_clock::now() < deadline) {
        answer = try_once(name, deadline);
    }
    return answer;
}

Answer Reconnecting::try_once(std::string_view name, Time deadline) {
    if (!is_open()) {
        if (std::string problem = open(deadline); !problem.empty()) {
            close();
            return base::refuse(std::move(problem));
        }
    }
    Answer answer = ask(std::string(name), deadline);
    if (!answer || !answer->problem.empty()) { // of the latter more may be on its way
        close();
    }
    return answer;
}

} // namespace keys::source
