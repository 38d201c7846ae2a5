#include "keys/text_pool.h"

#include "support/catch.h"

#include <string>
#include <utility>
#include <vector>

TEST_CASE("kept texts stay as they were, of any size, also when the pool is moved") {
    keys::TextPool pool;
    std::vector<std::string> texts;
    std::vector<std::string_view> kept;
    for (const std::size_t size :
         std::vector<std::size_t>{0, 1, 20, 8191, 8192, 8193, 70'000, 3, 65'536, 0}) {
        for (const char letter : {'a', 'b', 'c'}) {
            texts.emplace_back(size, letter);
            kept.push_back(pool.keep(texts.back()));
        }
    }
    const keys::TextPool moved = std::move(pool);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        INFO(texts[i].size());
        CHECK(kept[i] == texts[i]);
        CHECK((texts[i].empty() || kept[i].data() != texts[i].data()));
    }
}

TEST_CASE("what the row before has is held once") {
    keys::TextPool pool;
    const std::string_view before = pool.keep("/keys/a.pem");
    CHECK(pool.keep(std::string("/keys/a.pem"), before).data() == before.data());
    CHECK(pool.keep("/keys/b.pem", before) == "/keys/b.pem");
    CHECK(before == "/keys/a.pem");
}

TEST_CASE("a text in lower case is no second copy") {
    keys::TextPool pool;
    const std::string_view low = pool.keep("*@example.com");
    CHECK(pool.lower(low).data() == low.data());
    const std::string_view mixed = pool.keep("*@Example.COM");
    CHECK(pool.lower(mixed) == "*@example.com");
    CHECK(mixed == "*@Example.COM");
}
