// One report on its way to one address: what is known of it, and what comes next. A function of values; who
// calls it commits each state before he takes the next step, so that whoever is killed leaves one of these
// behind, and the next run goes on from there.
//
//     waiting --> handing_over --> sent
//        ^             |  \------> refused        the server said 5xx, or the address cannot be
//        |             |  \------> given_up       4xx for too long
//        \-------------/                          4xx: later
//
// What was sent may come back later: `bounced`, once.
//
// `handing_over` is committed when all of the mail is with the server but for its last line. Before, nothing
// has been sent: the server drops what has no end. Whoever finds a delivery in that state, of a run that is
// gone, takes it for sent: servers mostly answer 250, and a report that is sent twice is worse than one that
// is lost. Where the connection breaks there and the run goes on, it knows more: that nothing was said. Then
// the same mail with the same ids goes out once more (RFC 9990 3.5.2 has receivers recognize it).
#pragma once

#include "base/unix_time.h"
#include "milter/tool/reports/bounce_token.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace milter::tool::reports {

enum class DeliveryState : std::uint8_t { waiting, handing_over, sent, refused, given_up, held, bounced };

[[nodiscard]] const char* print(DeliveryState state);
// `held` for what is no state: nothing is sent then.
[[nodiscard]] DeliveryState read_delivery_state(const std::string& text);

struct Delivery {
    DeliveryId id = 0;
    std::string report = {};  // the Report-ID
    std::string address = {}; // an addr-spec, checked
    DeliveryState state = DeliveryState::waiting;
    int tries = 0;
    base::UnixTime planned = 0;
    base::UnixTime next_try = 0;
    std::string last_reply = {}; // cleaned

    bool operator==(const Delivery&) const = default;
};

// How an attempt ended.
struct Attempt {
    enum class End : std::uint8_t {
        accepted,     // 2xx behind the end of the mail
        refused,      // 5xx to the address or the mail: final
        later,        // 4xx to either
        lost,         // the connection broke behind the end of the mail, before the reply
        server_fault, // our own server is not there, or does not take mail from us: nothing of the address
        unreachable,  // the address can get no mail: null MX, no such domain
        suppressed,   // it is on the list
    };
    End end = End::server_fault;
    std::string reply = {};     // what the server said, or why not, cleaned
    bool is_of_address = false; // of a refusal: to RCPT, and such that the address is dead
    // Of `later`: what the server said or did at RCPT or DATA may as well be a fault of its own.
    bool is_doubtful = false;

    bool operator==(const Attempt&) const = default;
};

struct RetryRules {
    std::chrono::seconds first{std::chrono::minutes(15)};
    std::chrono::seconds longest{std::chrono::hours(8)};
    std::chrono::seconds give_up{std::chrono::days(3)};
};

// How long to wait after that many tries: twice as long each time.
[[nodiscard]] std::chrono::seconds pause_after(int tries, const RetryRules& rules);

[[nodiscard]] bool is_final(DeliveryState state);
// A time that is further away than any pause is that of a clock that was wrong then: it is due.
[[nodiscard]] bool is_due(const Delivery& delivery, base::UnixTime now, const RetryRules& rules);

// All of the mail is with the server but its end. Its `next_try` is `now` from here on.
[[nodiscard]] Delivery handing_over(Delivery delivery, base::UnixTime now);
// The state behind an attempt.
[[nodiscard]] Delivery after(Delivery delivery, const Attempt& attempt, base::UnixTime now,
                             const RetryRules& rules);
// What a run leaves behind that was killed.
[[nodiscard]] Delivery recovered(Delivery delivery);
// Whether the run that hands it over may be alive still. A store that drops its connections drops its locks
// too, and the mail is at its end all the same.
[[nodiscard]] bool may_be_at_work(const Delivery& delivery, base::UnixTime now, std::chrono::seconds lease);
// A bounce came. False: of one that had come before, or of what was never sent.
[[nodiscard]] bool bounce(Delivery& delivery, const std::string& why);

} // namespace milter::tool::reports
