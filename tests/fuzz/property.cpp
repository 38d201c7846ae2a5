#include "fuzz/property.h"

#include <cstdio>
#include <cstdlib>

namespace fuzz {

namespace {

// Made at first use: targets register before main(), in any order.
std::vector<Target>& registered() {
    static std::vector<Target> targets;
    return targets;
}

[[noreturn]] void stop(std::string_view property, std::string_view detail) {
    std::fprintf(stderr, "does not hold: %.*s%s%.*s\n", static_cast<int>(property.size()), property.data(),
                 detail.empty() ? "" : ": ", static_cast<int>(detail.size()), detail.data());
    std::abort();
}

} // namespace

Target::Target(std::string_view name, Run function) : name_(name), function_(function) {
    registered().push_back(*this);
}

const std::vector<Target>& Target::all() {
    return registered();
}

void require(bool holds, std::string_view property) {
    if (!holds) {
        stop(property, "");
    }
}

void require(bool holds, std::string_view property, const std::string& detail) {
    if (!holds) {
        stop(property, detail);
    }
}

} // namespace fuzz
