#include "milter/tool/reports/delivery.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace milter::tool::reports {

namespace {

constexpr std::array<std::pair<DeliveryState, const char*>, 7> state_words{
    {{DeliveryState::waiting, "waiting"},
     {DeliveryState::handing_over, "handing_over"},
     {DeliveryState::sent, "sent"},
     {DeliveryState::refused, "refused"},
     {DeliveryState::given_up, "given_up"},
     {DeliveryState::held, "held"},
     {DeliveryState::bounced, "bounced"}}};

Delivery try_later(Delivery delivery, base::UnixTime now, const RetryRules& rules) {
    delivery.state = DeliveryState::waiting;
    delivery.next_try = now + pause_after(delivery.tries, rules).count();
    // A clock that went back gives nobody up.
    if (now - delivery.planned > rules.give_up.count()) {
        delivery.state = DeliveryState::given_up;
    }
    return delivery;
}

} // namespace

const char* print(DeliveryState state) {
    for (const auto& [value, word] : state_words) {
        if (value == state) {
            return word;
        }
    }
    return "held";
}

DeliveryState read_delivery_state(const std::string& text) {
    for (const auto& [value, word] : state_words) {
        if (text == word) {
            return value;
        }
    }
    return DeliveryState::held;
}

std::chrono::seconds pause_after(int tries, const RetryRules& rules) {
    auto pause = rules.first;
    for (int i = 1; i < tries && pause < rules.longest; ++i) {
        pause *= 2;
    }
    return std::min(pause, rules.longest);
}

bool is_final(DeliveryState state) {
    return state != DeliveryState::waiting && state != DeliveryState::handing_over;
}

bool is_due(const Delivery& delivery, base::UnixTime now, const RetryRules& rules) {
    return delivery.state == DeliveryState::waiting &&
           (delivery.next_try <= now || delivery.next_try > now + rules.longest.count());
}

Delivery handing_over(Delivery delivery, base::UnixTime now) {
    delivery.state = DeliveryState::handing_over;
    delivery.next_try = now;
    ++delivery.tries;
    return delivery;
}

Delivery after(Delivery delivery, const Attempt& attempt, base::UnixTime now, const RetryRules& rules) {
    const bool was_counted = delivery.state == DeliveryState::handing_over;
    delivery.last_reply = attempt.reply;
    switch (attempt.end) {
    case Attempt::End::accepted:
        delivery.state = DeliveryState::sent;
        return delivery;
    case Attempt::End::refused:
    case Attempt::End::unreachable:
        delivery.state = DeliveryState::refused;
        break;
    case Attempt::End::suppressed:
        delivery.state = DeliveryState::held;
        return delivery;
    case Attempt::End::server_fault: // of which the address knows nothing: its days go on, its pauses do not
                                     // grow
        delivery.tries = std::max(was_counted ? delivery.tries - 1 : delivery.tries, 0);
        return try_later(std::move(delivery), now, rules);
    case Attempt::End::later:
    case Attempt::End::lost:
        delivery.tries += was_counted ? 0 : 1;
        return try_later(std::move(delivery), now, rules);
    }
    delivery.tries += was_counted ? 0 : 1;
    return delivery;
}

Delivery recovered(Delivery delivery) {
    if (delivery.state == DeliveryState::handing_over) {
        delivery.state = DeliveryState::sent;
        delivery.last_reply = "the run ended before the server's reply was read; taken for sent";
    }
    return delivery;
}

bool may_be_at_work(const Delivery& delivery, base::UnixTime now, std::chrono::seconds lease) {
    // Of a clock that may be somewhat ahead of ours.
    return delivery.state == DeliveryState::handing_over && std::abs(now - delivery.next_try) < lease.count();
}

bool bounce(Delivery& delivery, const std::string& why) {
    if (delivery.state != DeliveryState::sent && delivery.state != DeliveryState::handing_over) {
        return false;
    }
    delivery.state = DeliveryState::bounced;
    delivery.last_reply = why;
    return true;
}

} // namespace milter::tool::reports
