#include "milter/tool/reports/returned_report.h"

#include <fmt/format.h>

namespace milter::tool::reports {

namespace {

constexpr const char* known_already = "it was known already";

Stored<std::string> suppress(Outbox& outbox, const std::string& address, const std::string& why,
                             base::UnixTime now) {
    const auto name = suppressed_name(SuppressBy::address, address);
    if (!name) {
        return std::string(known_already);
    }
    const auto known = outbox.suppression(SuppressBy::address, *name);
    if (!known) {
        return base::refuse(known.error());
    }
    const auto done = outbox.suppress(bounced(*name, *known, now, why));
    return done ? Stored<std::string>(fmt::format("{} gets no reports for a while: {}", *name, why))
                : base::refuse(done.error());
}

Stored<std::string> note(Outbox& outbox, DeliveryId id, const std::string& why, base::UnixTime now) {
    const auto found = outbox.find(id);
    if (!found) {
        return base::refuse(found.error());
    }
    if (!*found) {
        return std::string("of a report that is not known any more");
    }
    auto delivery = **found;
    if (!bounce(delivery, why)) {
        return std::string(known_already);
    }
    const auto mine = outbox.save(**found, delivery);
    if (!mine) {
        return base::refuse(mine.error());
    }
    return *mine ? suppress(outbox, delivery.address, why, now) : Stored<std::string>(known_already);
}

} // namespace

Stored<std::string> note_returned(Outbox& outbox, DeliveryId id, const std::string& why, base::UnixTime now) {
    std::string said;
    const auto done = outbox.database().transaction([&]() -> Stored<void> {
        auto noted = note(outbox, id, why, now);
        if (!noted) {
            return base::refuse(noted.error());
        }
        said = *std::move(noted);
        return {};
    });
    return done ? Stored<std::string>(said) : base::refuse(done.error());
}

} // namespace milter::tool::reports
