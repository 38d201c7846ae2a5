#include "config/import/finding.h"

#include <fmt/format.h>

namespace config::import {

std::string Place::print() const {
    return line == 0 ? file : fmt::format("{}:{}", file, line);
}

std::string Problem::print() const {
    return place.column == 0 ? fmt::format("{}: {}", place.print(), text)
                             : fmt::format("{}:{}: {}", place.print(), place.column, text);
}

} // namespace config::import
