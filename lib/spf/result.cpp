#include "spf/result.h"

namespace spf {

std::string_view print(Result result) {
    switch (result) {
    case Result::none:
        return "none";
    case Result::neutral:
        return "neutral";
    case Result::pass:
        return "pass";
    case Result::fail:
        return "fail";
    case Result::softfail:
        return "softfail";
    case Result::temperror:
        return "temperror";
    case Result::permerror:
        return "permerror";
    }
    return "?";
}

std::string_view print(Identity identity) {
    switch (identity) {
    case Identity::helo:
        return "helo";
    case Identity::mail_from:
        return "mailfrom";
    }
    return "?";
}

} // namespace spf
