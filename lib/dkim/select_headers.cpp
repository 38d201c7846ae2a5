#include "dkim/select_headers.h"

#include "base/ascii.h"

#include <cstddef>
#include <map>

namespace dkim {

namespace {

// The fields of a header by name, so that a thousand names in h= cost no more than a thousand searches.
class FieldsByName {
  public:
    FieldsByName(const message::HeaderList& headers, std::size_t excluded) : headers_(headers) {
        for (std::size_t i = 0; i < headers.size(); ++i) {
            // RFC 6376 3.5, h=: the list must not include the signature's own field.
            if (i != excluded) {
                free_[base::to_lower(headers[i].name())].push_back(i);
            }
        }
    }

    // RFC 6376 5.4.2: repeated names count instances from the bottom of the header upward. Null when there is
    // no further one.
    const message::HeaderField* take(const std::string& name) {
        const auto fields = free_.find(base::to_lower(name));
        if (fields == free_.end() || fields->second.empty()) {
            return nullptr;
        }
        const std::size_t lowest = fields->second.back();
        fields->second.pop_back();
        return &headers_[lowest];
    }

  private:
    const message::HeaderList& headers_;
    std::map<std::string, std::vector<std::size_t>> free_; // indexes that nobody took, top to bottom
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
