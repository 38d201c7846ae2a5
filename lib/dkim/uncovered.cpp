#include "dkim/uncovered.h"

#include "base/ascii.h"

#include <algorithm>

namespace dkim {

std::vector<std::string> uncovered_fields(const std::vector<std::string>& required,
                                          const std::vector<std::string>& signed_fields,
                                          const message::HeaderList& headers) {
    std::vector<std::string> uncovered;
    for (const std::string& name : required) {
        const auto listed = std::count_if(signed_fields.begin(), signed_fields.end(),
                                          [&](const std::string& one) { return base::iequals(one, name); });
        if (headers.count(name) > static_cast<std::size_t>(listed)) {
            uncovered.push_back(name);
        }
    }
    return uncovered;
}

} // namespace dkim
