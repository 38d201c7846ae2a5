// Keys as columns of the store.
#pragma once

#include "milter/reports/database.h"
#include "report/aggregate.h"

#include <algorithm>
#include <string>

namespace milter::reports {

[[nodiscard]] inline Bytes bytes_of(const report::Key& key) {
    return {std::string(reinterpret_cast<const char*>(key.data()), key.size())};
}

[[nodiscard]] inline report::Key key_of_column(const std::string& octets) {
    report::Key key{};
    std::copy_n(octets.begin(), std::min(octets.size(), key.size()), key.begin());
    return key;
}

} // namespace milter::reports
