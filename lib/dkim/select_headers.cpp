#include "dkim/select_headers.h"

namespace dkim {

namespace {

// The lowest field of that name that is still free; headers.size() when there is none. The work is bounded by
// message::Limits::header_fields times Limits::signed_fields, most of it comparisons of two lengths.
std::size_t lowest_free(const message::HeaderList& headers, const std::string& name,
                        const std::vector<bool>& taken) {
    for (std::size_t i = headers.size(); i > 0; --i) {
        if (!taken[i - 1] && headers[i - 1].is_named(name)) {
            return i - 1;
        }
    }
    return headers.size();
}

} // namespace

std::vector<const message::HeaderField*> select_headers(const message::HeaderList& headers,
                                                        const std::vector<std::string>& names,
                                                        std::size_t excluded) {
    std::vector<bool> taken(headers.size(), false);
    if (excluded < headers.size()) {
        // RFC 6376 3.5, h=: the list must not include the signature's own field.
        taken[excluded] = true;
    }
    std::vector<const message::HeaderField*> selected;
    selected.reserve(names.size());
    for (const std::string& name : names) {
        // RFC 6376 5.4.2: repeated names count instances from the bottom of the header upward.
        const std::size_t index = lowest_free(headers, name, taken);
        if (index < headers.size()) {
            taken[index] = true;
            selected.push_back(&headers[index]);
        }
    }
    return selected;
}

} // namespace dkim
