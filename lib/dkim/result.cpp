#include "dkim/result.h"

namespace dkim {

std::string_view print(Result result) {
    switch (result) {
    case Result::none:
        return "none";
    case Result::pass:
        return "pass";
    case Result::fail:
        return "fail";
    case Result::policy:
        return "policy";
    case Result::neutral:
        return "neutral";
    case Result::temperror:
        return "temperror";
    case Result::permerror:
        return "permerror";
    }
    return {};
}

} // namespace dkim
