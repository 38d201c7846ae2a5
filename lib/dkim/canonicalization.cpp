#include "dkim/canonicalization.h"

#include "base/ascii.h"

namespace dkim {

std::string_view print(Canonicalization canonicalization) {
    switch (canonicalization) {
    case Canonicalization::simple:
        return "simple";
    case Canonicalization::relaxed:
        return "relaxed";
    }
    return {};
}

std::optional<Canonicalization> parse_canonicalization(std::string_view name) {
    for (const auto canonicalization : {Canonicalization::simple, Canonicalization::relaxed}) {
        if (base::iequals(name, print(canonicalization))) {
            return canonicalization;
        }
    }
    return std::nullopt;
}

} // namespace dkim
