#include "spf/select.h"

#include "spf/record.h"

namespace spf {

Selection select_record(const dns::Answer& answer) {
    Selection selection;
    for (const std::string& text : answer.texts) {
        if (!is_record(text)) {
            continue; // RFC 7208 4.5: other TXT records are none of our business
        }
        if (selection.count++ == 0) {
            selection.text = text;
        }
    }
    return selection;
}

} // namespace spf
