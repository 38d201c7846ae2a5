#include "keys/rotation_journal.h"

#include "support/catch.h"

using namespace keys;
using namespace std::chrono_literals;

namespace {

RotationJournal sample() {
    RotatedKey first;
    first.selector = "old";
    first.state = KeyState::retiring;
    first.made = std::chrono::sys_days(std::chrono::year(2026) / 3 / 9);
    first.negative_ttl = 3600s;
    first.ttl = 900s;
    first.adopted = true;
    first.confirmed = true;
    first.seen_by_all = true;
    first.in_state.start({"a", "1", 100s, {}});
    first.in_state.tick({"a", "1", 160s, {}});
    first.in_state.tick({"b", "7", 20s, {}});
    first.shown.start({"a", "2", 5s, {}});
    RotatedKey second;
    second.selector = "s20260309";
    second.type = crypto::KeyType::ed25519;
    second.vanished = true;
    second.found = true;
    second.gone.start({"a", "2", 5s, {}});
    second.silent = true;
    return {"example.org", {first, second}, {{"old", "/etc/dkim/old key.pem"}, {"s20260309", "/k.pem"}}};
}

} // namespace

TEST_CASE("a journal is read as it was written") {
    const auto text = print(sample());
    const auto read = read_journal(text);
    REQUIRE(read);
    CHECK(print(*read) == text);
    CHECK(read->domain == "example.org");
    REQUIRE(read->keys.size() == 2);
    const auto expected = sample();
    CHECK(read->keys[0].in_state == expected.keys[0].in_state);
    CHECK(read->keys[0].in_state.certain() == 60s);
    CHECK(read->keys[0].shown == expected.keys[0].shown);
    CHECK(read->keys[0].made == expected.keys[0].made);
    CHECK(read->keys[0].state == KeyState::retiring);
    CHECK((read->keys[0].confirmed && read->keys[0].seen_by_all && !read->keys[0].silent));
    CHECK((read->keys[0].ttl == 900s && read->keys[0].adopted && read->keys[1].found));
    CHECK(read->keys[1].type == crypto::KeyType::ed25519);
    CHECK(read->keys[1].gone == expected.keys[1].gone);
    CHECK((read->keys[1].vanished && read->keys[1].silent && !read->keys[1].shown.is_running()));
    CHECK(read->files.at("old") == "/etc/dkim/old key.pem");
    CHECK(read_journal(print(RotationJournal{"example.org", {}, {}})));
}

TEST_CASE("a journal that is not whole is refused") {
    const auto text = print(sample());
    for (std::size_t size = 0; size < text.size(); ++size) {
        INFO(size);
        CHECK_FALSE(read_journal(text.substr(0, size)));
    }
    CHECK_FALSE(read_journal(text + "end\n"));
    struct Case {
        const char* from;
        const char* to;
    };
    for (const Case& test :
         {Case{"rotation 1", "rotation 2"}, Case{"state retiring", "state signing"},
          Case{"type rsa", "type dsa"}, Case{"\nttl 900", "\nttl x"}, Case{"made 17", "made -17"},
          Case{"marks seen", "marks sane"}, Case{"key s20260309", "key old"}, Case{"/100/160/", "/100/60/"},
          Case{"negative_ttl 3600", "negative_ttl 99999999999999999999"}}) {
        INFO(test.to);
        auto broken = text;
        REQUIRE(broken.find(test.from) != std::string::npos);
        broken.replace(broken.find(test.from), std::string_view(test.from).size(), test.to);
        CHECK_FALSE(read_journal(broken));
    }
}
