#include "dkim/select_headers.h"

#include "base/ascii.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace dkim {

namespace {

struct Named {
    std::string_view name;
    const message::HeaderField* field;
    std::size_t taken = 0; // counted in the topmost field of the name
};

bool comes_before(const Named& a, const Named& b) {
    return std::lexicographical_compare(a.name.begin(), a.name.end(), b.name.begin(), b.name.end(),
                                        [](char x, char y) { return base::to_lower(x) < base::to_lower(y); });
}

// The fields of a header by name, so that a thousand names in h= cost no more than a thousand searches.
class FieldsByName {
  public:
    FieldsByName(const message::HeaderList& headers, std::size_t excluded) {
        free_.reserve(headers.size());
        for (std::size_t i = 0; i < headers.size(); ++i) {
            // RFC 6376 3.5, h=: the list must not include the signature's own field.
            if (i != excluded) {
                free_.push_back({headers[i].name(), &headers[i]});
            }
        }
        std::stable_sort(free_.begin(), free_.end(), comes_before);
    }

    // RFC 6376 5.4.2: repeated names count instances from the bottom of the header upward. Null when there is
    // no further one.
    const message::HeaderField* take(std::string_view name) {
        const auto [begin, end] =
            std::equal_range(free_.begin(), free_.end(), Named{name, nullptr}, comes_before);
        if (begin == end || begin->taken == static_cast<std::size_t>(end - begin)) {
            return nullptr;
        }
        ++begin->taken;
        return (end - static_cast<std::ptrdiff_t>(begin->taken))->field;
    }

  private:
    std::vector<Named> free_; // by name, those of one name top to bottom
};

} // namespace

std::vector<const message::HeaderField*> select_headers(const message::HeaderList& headers,
                                                        const std::vector<std::string>& names,
                                                        std::size_t excluded) {
    FieldsByName fields(headers, excluded);
    std::vector<const message::HeaderField*> selected;
    selected.reserve(names.size());
    for (const std::string& name : names) {
        if (const message::HeaderField* field = fields.take(name)) {
            selected.push_back(field);
        }
    }
    return selected;
}

} // namespace dkim
