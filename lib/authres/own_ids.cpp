#include "authres/own_ids.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/idna.h"

#include <algorithm>
#include <iterator>

namespace authres {

namespace {

// Ids outside of ASCII that are compared for one message. Real ids are rarely so, and every comparison takes
// longer than all else here.
constexpr std::size_t most_international_ids = 50;

std::string_view without_final_dots(std::string_view id) {
    while (id.ends_with('.')) {
        id.remove_suffix(1);
    }
    return id;
}

// The form in which two spellings of one id are equal: A-labels in lower case for a domain name, lower case
// for any other text. RFC 8601 5: U-labels and A-labels of one name are the same id.
std::string normalized(std::string_view id) {
    const auto domain = base::DomainName::parse_international(id);
    return domain ? domain->text() : base::to_lower(id);
}

std::string ascii_only(std::string_view text) {
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept), base::is_ascii);
    return kept;
}

} // namespace

OwnIds::OwnIds(const std::vector<std::string>& ids) {
    std::transform(ids.begin(), ids.end(), std::back_inserter(ids_),
                   [](const std::string& id) { return normalized(without_final_dots(id)); });
}

bool OwnIds::hold(std::string_view id) {
    return hold_exactly(id) || hold_exactly(id.substr(0, id.find('/')));
}

bool OwnIds::hold_exactly(std::string_view id) {
    id = without_final_dots(id);
    if (id.empty() || id.size() > longest_id) {
        return false;
    }
    return base::all_ascii(id) ? is_one(normalized(id)) : hold_international(id);
}

// Bytes that are not ASCII may be invisible, or be shown or compared as letters that they resemble. More
// such ids than can be looked at are as good as ours.
bool OwnIds::hold_international(std::string_view id) {
    if (international_ids_++ >= most_international_ids) {
        return true;
    }
    const auto mapped = base::idna_mapped_to_ascii(id);
    return is_one(normalized(id)) || (mapped && is_one(normalized(*mapped))) ||
           is_one(normalized(ascii_only(id)));
}

bool OwnIds::is_one(const std::string& id) const {
    return std::find(ids_.begin(), ids_.end(), id) != ids_.end();
}

} // namespace authres
