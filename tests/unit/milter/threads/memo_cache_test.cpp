#include "milter/threads/memo_cache.h"

#include "support/catch.h"

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using Cache = milter::threads::MemoCache<std::string>;

namespace {

std::shared_ptr<const std::string> doubled(std::string_view text) {
    return std::make_shared<const std::string>(std::string(text) + std::string(text));
}

std::size_t size(std::string_view, const std::string&) {
    return 100;
}

} // namespace

TEST_CASE("what was made of a text is made once") {
    Cache cache(1 << 20, size);
    int made = 0;
    const auto make = [&made](std::string_view text) {
        ++made;
        return doubled(text);
    };
    const auto first = base::recall<std::string>(&cache, "ab", make);
    const auto second = base::recall<std::string>(&cache, "ab", make);
    CHECK(*second == "abab");
    CHECK(first == second);
    CHECK(made == 1);
    CHECK(*base::recall<std::string>(&cache, "b", make) == "bb");
    CHECK(made == 2);
}

TEST_CASE("without a memo, and with one that has no room, everything is made anew") {
    Cache none(0, size);
    int made = 0;
    const auto make = [&made](std::string_view text) {
        ++made;
        return doubled(text);
    };
    for (Cache* cache : {static_cast<Cache*>(nullptr), &none}) {
        CHECK(*base::recall<std::string>(cache, "ab", make) == "abab");
        CHECK(*base::recall<std::string>(cache, "ab", make) == "abab");
    }
    CHECK(made == 4);
}

TEST_CASE("that there is no value is not remembered") {
    Cache cache(1 << 20, size);
    int asked = 0;
    const auto nothing = [&asked](std::string_view) {
        ++asked;
        return std::shared_ptr<const std::string>();
    };
    CHECK(base::recall<std::string>(&cache, "x", nothing) == nullptr);
    CHECK(base::recall<std::string>(&cache, "x", nothing) == nullptr);
    CHECK(asked == 2);
}

TEST_CASE("there is never more than the limit, and what is used stays") {
    constexpr std::size_t most = 80;
    Cache cache(most * 301, size); // so many entries of one octet, fewer of longer ones
    cache.keep("hot", doubled("hot"));
    std::size_t kept = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto text = std::to_string(i);
        cache.keep(text, doubled(text));
        REQUIRE(cache.find("hot") != nullptr);
    }
    for (int i = 0; i < 1000; ++i) {
        kept += cache.find(std::to_string(i)) != nullptr ? 1U : 0U;
    }
    CHECK(kept > most / 2);
    CHECK(kept < most);
}

TEST_CASE("threads share it") {
    Cache cache(1 << 20, size);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&cache] {
            for (int i = 0; i < 2000; ++i) {
                const auto text = std::to_string(i % 50);
                const auto value = base::recall<std::string>(&cache, text, doubled);
                if (*value != text + text) {
                    std::abort();
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(*cache.find("7") == "77");
}
