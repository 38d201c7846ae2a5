#include "milter/resolver/cache.h"
#include "support/catch.h"

#include <string>
#include <vector>

using dns::Answer;
using dns::Question;
using dns::Status;
using dns::Type;
using milter::resolver::Cache;
using milter::resolver::CacheLimits;
using std::chrono::seconds;

namespace {

const milter::resolver::Clock::time_point start{std::chrono::hours(1)};

dns::AnswerPtr answer(Status status, std::uint32_t ttl, const std::string& text = "x") {
    Answer value;
    value.status = status;
    value.ttl = ttl;
    if (status == Status::failed) {
        value.failure = dns::Failure::server_failure;
    }
    if (status == Status::found) {
        value.texts = {text};
    }
    return std::make_shared<const Answer>(std::move(value));
}

Question question(std::size_t number) {
    return {"name-number-" + std::to_string(number) + ".test", Type::txt};
}

CacheLimits with_bytes(std::size_t bytes) {
    CacheLimits limits;
    limits.bytes = bytes;
    return limits;
}

} // namespace

TEST_CASE("an answer is kept for its time, within the limits") {
    struct Case {
        const char* name;
        Status status;
        std::uint32_t ttl;
        int kept; // seconds
    };
    const std::vector<Case> cases{
        {"found", Status::found, 300, 300},
        {"found, for too long", Status::found, 1000000, 86400},
        {"found, not to be kept", Status::found, 0, 0},
        {"no data", Status::no_data, 60, 60},
        {"no data, for too long", Status::no_data, 86400, 3600},
        {"no data without an SOA", Status::no_data, 0, 0},
        {"no name", Status::no_name, 60, 60},
        {"no name, for too long", Status::no_name, 86400, 3600},
        {"a failure", Status::failed, 0, 5},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Cache cache((CacheLimits()));
        const auto kept = answer(c.status, c.ttl);
        cache.insert(question(1), kept, start);
        if (c.kept > 0) {
            CHECK(cache.find(question(1), start) == kept);
            CHECK(cache.find(question(1), start + seconds(c.kept) - std::chrono::milliseconds(1)) == kept);
        }
        CHECK(cache.find(question(1), start + seconds(c.kept)) == nullptr);
        CHECK(cache.statistics().entries == 0);
        CHECK(cache.statistics().bytes == 0);
    }
}

TEST_CASE("RFC 2308 7: no failure is kept for more than five minutes") {
    CacheLimits limits;
    limits.failure_ttl = seconds(4000);
    Cache cache(limits);
    cache.insert(question(1), answer(Status::failed, 0), start);
    CHECK(cache.find(question(1), start + seconds(299)) != nullptr);
    CHECK(cache.find(question(1), start + seconds(300)) == nullptr);
}

TEST_CASE("name and type tell questions apart") {
    Cache cache((CacheLimits()));
    cache.insert({"a.test", Type::a}, answer(Status::found, 60, "a"), start);
    cache.insert({"a.test", Type::mx}, answer(Status::no_data, 60), start);
    CHECK(cache.find({"a.test", Type::a}, start)->status == Status::found);
    CHECK(cache.find({"a.test", Type::mx}, start)->status == Status::no_data);
    CHECK(cache.find({"a.test", Type::txt}, start) == nullptr);
    CHECK(cache.find({"b.test", Type::a}, start) == nullptr);
}

TEST_CASE("a newer answer replaces the older, even when it may not be kept") {
    Cache cache((CacheLimits()));
    cache.insert(question(1), answer(Status::found, 60), start);
    const auto newer = answer(Status::no_name, 60);
    cache.insert(question(1), newer, start);
    CHECK(cache.find(question(1), start) == newer);
    CHECK(cache.statistics().entries == 1);
    cache.insert(question(1), answer(Status::found, 0), start);
    CHECK(cache.find(question(1), start) == nullptr);
}

TEST_CASE("the cache stays within its bytes and drops what was used longest ago") {
    constexpr std::size_t bytes = 100UL * 1024; // one shard
    Cache cache(with_bytes(bytes));
    constexpr std::size_t count = 2000;
    for (std::size_t i = 0; i < count; ++i) {
        cache.insert(question(i), answer(Status::found, 60), start);
        REQUIRE(cache.find(question(0), start) != nullptr); // used all the time
        REQUIRE(cache.statistics().bytes <= bytes);
    }
    const auto statistics = cache.statistics();
    CHECK(statistics.entries + statistics.evicted == count);
    CHECK(statistics.evicted > 0);
    CHECK(cache.find(question(1), start) == nullptr);
    CHECK(cache.find(question(count - 1), start) != nullptr);
    CHECK(cache.find(question(count - statistics.entries + 1), start) != nullptr);
}

TEST_CASE("many shards stay within the sum of bytes, too") {
    constexpr std::size_t bytes = 1024UL * 1024;
    Cache cache(with_bytes(bytes));
    for (std::size_t i = 0; i < 10000; ++i) {
        cache.insert(question(i), answer(Status::found, 60, std::string(i % 700, 'x')), start);
    }
    CHECK(cache.statistics().bytes <= bytes);
    CHECK(cache.statistics().bytes > bytes / 2);
}

TEST_CASE("an answer larger than the cache is not kept and drives nothing out") {
    Cache cache(with_bytes(10000));
    cache.insert(question(1), answer(Status::found, 60), start);
    cache.insert(question(2), answer(Status::found, 60, std::string(20000, 'x')), start);
    CHECK(cache.find(question(1), start) != nullptr);
    CHECK(cache.find(question(2), start) == nullptr);
}

TEST_CASE("a cache of no bytes keeps nothing") {
    Cache cache(with_bytes(0));
    cache.insert(question(1), answer(Status::found, 60), start);
    CHECK(cache.find(question(1), start) == nullptr);
}

TEST_CASE("the estimate counts what lies on the heap") {
    const auto estimate = [](const dns::AnswerPtr& value) {
        return milter::resolver::estimate_bytes(question(1), *value);
    };
    const auto small = estimate(answer(Status::found, 60, "x"));
    const auto large = estimate(answer(Status::found, 60, std::string(1000, 'x')));
    CHECK(large >= small + 1000);
    CHECK(large <= small + 1100);
    CHECK(small > sizeof(Answer) + sizeof(Question));
}
