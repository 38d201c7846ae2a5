#include "dkim/squeeze_blanks.h"

#include "base/ascii.h"
#include "support/catch.h"

#include <hwy/targets.h>

#include <random>
#include <span>
#include <string>
#include <string_view>

namespace {

// What the first octets of a text become, each by what is behind it.
std::string by_definition(std::string_view text, std::size_t count) {
    std::string squeezed;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view behind = text.substr(i + 1);
        if (!base::is_wsp(text[i])) {
            squeezed += text[i];
        } else if (!behind.starts_with("\r\n") && (behind.empty() || !base::is_wsp(behind.front()))) {
            squeezed += ' ';
        }
    }
    return squeezed;
}

std::string random_text(std::mt19937& random, std::string_view alphabet) {
    std::string text(random() % 700, ' ');
    for (char& c : text) {
        c = alphabet[random() % alphabet.size()];
    }
    return text;
}

// Runs the check with each set of instructions that this processor has.
template <class Check>
void with_all_instructions(const Check& check) {
    for (const auto target : hwy::SupportedAndGeneratedTargets()) {
        INFO(hwy::TargetName(target));
        hwy::SetSupportedTargetsForTest(target);
        check();
    }
    hwy::SetSupportedTargetsForTest(0);
}

} // namespace

TEST_CASE("blanks are squeezed as each of them is defined", "[rfc6376-3.4.4]") {
    with_all_instructions([] {
        std::mt19937 random(20260302);
        for (int round = 0; round < 2000; ++round) {
            const bool dense = round % 2 == 0;
            const auto text = random_text(random, dense ? std::string_view("  \t\r\nab\0\xff", 9)
                                                        : "abcdefghijklmnopqrstuvwxyz0123456789 \t\r\n");
            std::string room(2000, '#');
            const auto squeezed = dkim::squeeze_blanks(text, room);
            REQUIRE(text.size() - squeezed.read <= 130);
            REQUIRE(room.substr(0, squeezed.written) == by_definition(text, squeezed.read));
        }
    });
}

TEST_CASE("squeezing stays in its room") {
    with_all_instructions([] {
        const std::string text(1000, 'x');
        for (std::size_t size = 0; size < 400; ++size) {
            std::string room(size + 200, '#');
            const auto squeezed = dkim::squeeze_blanks(text, std::span(room).first(size));
            REQUIRE(squeezed.written <= size);
            REQUIRE(squeezed.read == squeezed.written);
            REQUIRE(room.substr(size) == std::string(200, '#'));
            REQUIRE((size < 128 || squeezed.read > 0));
        }
    });
}

TEST_CASE("a short text is left alone") {
    std::string room(4096, '#');
    CHECK(dkim::squeeze_blanks("", room).read == 0);
    CHECK(dkim::squeeze_blanks("a", room).read == 0);
}
