#include "authenticate/action.h"

namespace authenticate {

std::string_view print(Action action) {
    switch (action) {
    case Action::accept:
        return "accept";
    case Action::mark:
        return "mark";
    case Action::quarantine:
        return "quarantine";
    case Action::tempfail:
        return "tempfail";
    case Action::reject:
        return "reject";
    case Action::discard:
        return "discard";
    }
    return "?";
}

bool refuses_for_good(Action action) {
    return action == Action::reject || action == Action::discard;
}

} // namespace authenticate
