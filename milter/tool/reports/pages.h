// What is planned may be very much: it is read in pages.
#pragma once

#include "milter/reports/database.h"
#include "milter/tool/reports/outbox.h"

#include <optional>
#include <vector>

namespace milter::tool::reports {

// All rows, each seen once. `read` gives the page behind a row, at first that behind nothing; an empty one is
// the end.
template <class Row, class Read, class See>
Stored<void> for_each_page(const Read& read, const See& see) {
    std::optional<Row> after;
    for (;;) {
        const Stored<std::vector<Row>> page = read(after);
        if (!page) {
            return base::refuse(page.error());
        }
        if (page->empty()) {
            return {};
        }
        if (auto seen = see(*page); !seen) {
            return seen;
        }
        after = page->back();
    }
}

} // namespace milter::tool::reports
