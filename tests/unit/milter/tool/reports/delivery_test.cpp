#include "milter/tool/reports/delivery.h"

#include "support/catch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace milter::tool::reports;
using End = Attempt::End;

namespace {

constexpr base::UnixTime now = 1'800'000'000;
const RetryRules rules;

Delivery waiting() {
    return {.id = 7, .report = "r", .address = "a@example.org", .planned = now};
}

} // namespace

TEST_CASE("what comes behind an attempt") {
    struct Case {
        const char* name;
        Attempt attempt;
        bool behind_end;
        DeliveryState state;
        int tries;
    };
    const Case cases[] = {
        {"accepted", {End::accepted, "250 ok"}, true, DeliveryState::sent, 1},
        {"5xx to the address", {End::refused, "550 no"}, false, DeliveryState::refused, 1},
        {"5xx to the mail", {End::refused, "554 spam"}, true, DeliveryState::refused, 1},
        {"4xx to the address", {End::later, "450 full"}, false, DeliveryState::waiting, 1},
        {"4xx to the mail", {End::later, "451 later"}, true, DeliveryState::waiting, 1},
        {"lost behind the end", {End::lost, "reset"}, true, DeliveryState::waiting, 1},
        {"our server is away", {End::server_fault, "refused"}, false, DeliveryState::waiting, 0},
        {"no such domain", {End::unreachable, "null MX"}, false, DeliveryState::refused, 1},
        {"on the list", {End::suppressed, "listed"}, false, DeliveryState::held, 0},
    };
    for (const auto& one : cases) {
        CAPTURE(one.name);
        const auto before = one.behind_end ? handing_over(waiting(), now) : waiting();
        const auto done = after(before, one.attempt, now, rules);
        CHECK(done.state == one.state);
        CHECK(done.tries == one.tries);
        CHECK(done.last_reply == one.attempt.reply);
        CHECK((done.next_try > now) == (one.state == DeliveryState::waiting));
    }
}

TEST_CASE("pauses double up to a bound, and days end them") {
    CHECK(pause_after(0, rules) == std::chrono::minutes(15));
    CHECK(pause_after(1, rules) == std::chrono::minutes(15));
    CHECK(pause_after(2, rules) == std::chrono::minutes(30));
    CHECK(pause_after(1'000'000, rules) == std::chrono::hours(8));
    auto delivery = waiting();
    auto time = now;
    while (!is_final(delivery.state)) {
        REQUIRE(delivery.tries < 100);
        REQUIRE(is_due(delivery, time, rules));
        delivery = after(delivery, {End::later, "450 full"}, time, rules);
        time = std::max(time, delivery.next_try);
    }
    CHECK(delivery.state == DeliveryState::given_up);
    CHECK(time - now > 3 * 86'400);
    CHECK(time - now < 4 * 86'400);
}

TEST_CASE("a time beyond any pause is that of a clock that was wrong") {
    auto delivery = waiting();
    delivery.next_try = now + 8 * 3600;
    CHECK_FALSE(is_due(delivery, now, rules));
    ++delivery.next_try;
    CHECK(is_due(delivery, now, rules));
}

TEST_CASE("who hands a report over has it for the time that a mail may take") {
    constexpr std::chrono::minutes lease(20);
    const auto taken = handing_over(waiting(), now);
    CHECK(may_be_at_work(taken, now, lease));
    CHECK(may_be_at_work(taken, now + 1199, lease));
    CHECK(may_be_at_work(taken, now - 60, lease)); // his clock is ahead of ours
    CHECK_FALSE(may_be_at_work(taken, now + 1200, lease));
    CHECK_FALSE(may_be_at_work(taken, now - 86'400, lease));
    CHECK_FALSE(may_be_at_work(waiting(), now, lease));
}

TEST_CASE("a bounce counts once, and only for what was sent") {
    auto delivery = after(handing_over(waiting(), now), {End::accepted, "250"}, now, rules);
    CHECK(bounce(delivery, "550 5.1.1"));
    CHECK(delivery.state == DeliveryState::bounced);
    CHECK_FALSE(bounce(delivery, "550 5.1.1"));
    auto never_sent = waiting();
    CHECK_FALSE(bounce(never_sent, "550 5.1.1"));
}

TEST_CASE("the words of states read back") {
    for (const auto state :
         {DeliveryState::waiting, DeliveryState::handing_over, DeliveryState::sent, DeliveryState::refused,
          DeliveryState::given_up, DeliveryState::held, DeliveryState::bounced}) {
        CHECK(read_delivery_state(print(state)) == state);
    }
    CHECK(is_final(read_delivery_state("of a later version")));
}

namespace {

// A host that is killed at any step, over a store that keeps what was committed, and a server that counts.
class World {
  public:
    World(unsigned seed, std::size_t addresses) : random_(seed) {
        for (std::size_t i = 0; i < addresses; ++i) {
            store_.push_back({.id = i, .report = "r", .address = std::to_string(i), .planned = now});
        }
    }

    void run() {
        for (auto& kept : store_) { // another run's remains
            kept = recovered(kept);
        }
        for (std::size_t i = 0; i < store_.size(); ++i) {
            if (is_due(store_[i], time_, rules) && !deliver(store_[i])) {
                return; // killed
            }
        }
        time_ += 3600;
    }

    [[nodiscard]] bool is_done() const {
        return std::all_of(store_.begin(), store_.end(), [](const auto& one) { return is_final(one.state); });
    }
    [[nodiscard]] const std::map<std::string, int>& taken() const { return taken_; }

  private:
    bool happens(int percent) { return std::uniform_int_distribution<int>(0, 99)(random_) < percent; }

    // False: killed.
    bool deliver(Delivery& kept) {
        auto delivery = kept;
        if (happens(15)) {
            return false; // while the mail goes out: the server has no end of it, and drops it
        }
        if (happens(20)) {
            kept = after(delivery, {happens(50) ? End::later : End::server_fault, "450"}, time_, rules);
            return true;
        }
        kept = delivery = handing_over(delivery, time_);
        const bool takes = happens(80);
        taken_[delivery.address] += takes ? 1 : 0;
        if (takes && happens(30)) {
            return false; // before the reply is read, or before it is written down
        }
        kept = after(delivery, {takes ? End::accepted : End::later, "250"}, time_, rules);
        return !happens(10);
    }

    std::mt19937 random_;
    std::vector<Delivery> store_;
    std::map<std::string, int> taken_;
    base::UnixTime time_ = now;
};

} // namespace

TEST_CASE("any sequence of kills sends each report exactly once to each address") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        World world(seed, 20);
        int runs = 0;
        while (!world.is_done()) {
            REQUIRE(++runs < 1000);
            world.run();
        }
        REQUIRE(world.taken().size() == 20);
        for (const auto& [address, count] : world.taken()) {
            CAPTURE(address);
            REQUIRE(count == 1);
        }
    }
}
