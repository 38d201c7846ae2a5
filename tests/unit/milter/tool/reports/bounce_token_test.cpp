#include "milter/tool/reports/bounce_token.h"

#include "base/ascii.h"
#include "support/catch.h"

#include <string>

using namespace milter::tool::reports;

namespace {

constexpr base::UnixTime a_day = 86'400;
constexpr base::UnixTime now = 20'000 * a_day + 3600;
constexpr BounceToken sent_today{0x0123456789abcdefULL, 20'000};

crypto::MacKey key() {
    return *crypto::MacKey::read("CwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCws=");
}

std::string upper(std::string text) {
    for (char& c : text) {
        c = base::is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

} // namespace

TEST_CASE("a token comes back as it went, in either case, and fits a local part") {
    const auto text = print(sent_today, key());
    CHECK(text.size() == bounce_token_size);
    for (const auto& way : {text, upper(text)}) {
        const auto back = read_bounce_token(way, key(), now);
        REQUIRE(back);
        CHECK(back->delivery == sent_today.delivery);
        CHECK(back->day == sent_today.day);
    }
    const auto address = bounce_address("dmarc-reports@reports.example.org", sent_today, key());
    CHECK(address == "dmarc-reports+" + text + "@reports.example.org");
    CHECK(address.find('@') <= 64); // RFC 5321 4.5.3.1.1
}

TEST_CASE("a token with any character changed is forged") {
    const auto text = print(sent_today, key());
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char other : std::string("abcdefghijklmnopqrstuvwxyz234567019-+@")) {
            auto forged = text;
            forged[i] = other;
            CAPTURE(forged);
            CHECK(read_bounce_token(forged, key(), now).has_value() == (other == text[i]));
        }
    }
    CHECK_FALSE(read_bounce_token(text, crypto::MacKey::generate(), now));
    CHECK_FALSE(read_bounce_token(text + "a", key(), now));
    CHECK_FALSE(read_bounce_token(text.substr(1), key(), now));
    CHECK_FALSE(read_bounce_token("", key(), now));
}

TEST_CASE("a token is good for three weeks") {
    const auto text = print(sent_today, key());
    CHECK(read_bounce_token(text, key(), now + 21 * a_day));
    CHECK_FALSE(read_bounce_token(text, key(), now + 22 * a_day));
    CHECK(read_bounce_token(text, key(), now - a_day)); // another host's clock is behind
    CHECK_FALSE(read_bounce_token(text, key(), now - 2 * a_day));
}

TEST_CASE("a token is found in what a mail says of its recipient") {
    struct Case {
        const char* name;
        std::string text;
        bool is_found;
    };
    const auto token = print(sent_today, key());
    const Case cases[] = {
        {"an address", "reports+" + token + "@example.org", true},
        {"a field", " <reports+" + token + "@example.org>\r\n", true},
        {"the extension alone", "+" + token, true},
        {"a second address", "a+b@example.org, reports+" + token + "@example.org", true},
        {"no plus", token, false},
        {"more behind it", "reports+" + token + "x@example.org", false},
        {"another one", "reports+" + std::string(bounce_token_size, 'a') + "@example.org", false},
        {"far behind", std::string(1000, '+') + token, false},
        {"nothing", "", false},
    };
    for (const auto& one : cases) {
        CAPTURE(one.name);
        CHECK(find_bounce_token(one.text, key(), now).has_value() == one.is_found);
    }
}
