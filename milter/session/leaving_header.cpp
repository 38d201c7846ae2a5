#include "milter/session/leaving_header.h"

#include "message/line_breaks.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace milter::session {

namespace {

// 1-based among the fields of its name.
std::size_t instance_of(const message::HeaderList& headers, std::size_t index) {
    const auto end = headers.begin() + static_cast<std::ptrdiff_t>(index) + 1;
    return static_cast<std::size_t>(std::count_if(
        headers.begin(), end, [&](const auto& field) { return field.is_named(headers[index].name()); }));
}

} // namespace

std::vector<HeaderChange> mend_line_breaks(message::HeaderList& headers) {
    std::vector<HeaderChange> changes;
    if (!message::has_stray_line_break(headers)) {
        return changes;
    }
    message::HeaderList mended;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const message::HeaderField& field = headers[i];
        if (!message::has_stray_line_break(field.body())) {
            mended.add(field);
            continue;
        }
        const auto body = message::without_stray_line_breaks(field.body());
        mended.add(message::HeaderField(field.name(), body));
        changes.push_back({std::string(field.name()), instance_of(headers, i), body});
    }
    headers = std::move(mended);
    return changes;
}

message::HeaderList without(const message::HeaderList& headers,
                            const std::vector<HeaderDeletion>& deletions) {
    std::vector<bool> deleted(headers.size());
    for (const HeaderDeletion& deletion : deletions) {
        const auto indexes = headers.indexes_of(deletion.name);
        if (deletion.instance <= indexes.size()) {
            deleted[indexes[deletion.instance - 1]] = true;
        }
    }
    message::HeaderList remaining;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!deleted[i]) {
            remaining.add(headers[i]);
        }
    }
    return remaining;
}

} // namespace milter::session
