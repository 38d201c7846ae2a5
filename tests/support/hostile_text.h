// Random text as somebody would choose it who wants to break out of a header field, a log line or a quoted
// string. PARAPH_SEED and PARAPH_ROUNDS in the environment replace the seed and the number of rounds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace test {

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

inline std::size_t rounds(std::size_t otherwise) {
    return static_cast<std::size_t>(from_environment("PARAPH_ROUNDS", otherwise));
}

class HostileText {
  public:
    // Not a result of ours: where this comes out unquoted, "dmarc=pass" could have been written as well.
    static constexpr std::string_view forged = "zz=pass";

    HostileText() : seed_(from_environment("PARAPH_SEED", 20260101)), random_(seed_) {}

    [[nodiscard]] std::uint64_t seed() const { return seed_; }

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    bool one_in(std::size_t n) { return below(n) == 0; }

    template <class List>
    auto pick(const List& list) {
        return list[below(std::size(list))];
    }

    // Mostly short, seldom up to a few thousand octets.
    std::string next() {
        std::string text;
        for (std::size_t left = below(6); left > 0; --left) {
            text += piece();
        }
        if (one_in(50)) {
            text += std::string(below(3000), pick(std::string_view("a(\"\\ \xc3")));
        }
        return text;
    }

    // The same, but often a name that is good enough to be looked at further.
    std::string name() {
        constexpr std::array<std::string_view, 6> names = {"example.org",        "a.example.org",
                                                           "victim.test",        "evil.test",
                                                           "b\303\274cher.test", "xn--bcher-kva.test"};
        std::string text(pick(names));
        if (one_in(2)) {
            text.insert(below(text.size() + 1), piece());
        }
        return text;
    }

  private:
    std::string piece() {
        // clang-format off
        constexpr std::array<std::string_view, 26> pieces = {
            "zz=pass", "; zz=pass", "\r\nAuthentication-Results: mx.test; zz=pass", // forged results
            "\r\n", "\n", "\r", "\xc2\x85",                                         // ends of lines
            "\"", "\\", "(", ")", "<", ">", " ", "\t", "--",                         // what quotes, folds and comments
            ";", "=", "@", ",", "@victim.test",                                      // what separates
            "%n%s", "{}", "\x1b[31m", "\xe2\x80\xae", "\xef\xbc\x8e"};              // formats, terminals, look-alikes
        // clang-format on
        if (one_in(3)) {
            return std::string(1, static_cast<char>(below(256)));
        }
        return one_in(3) ? std::string(below(20), static_cast<char>('a' + below(26)))
                         : std::string(pick(pieces));
    }

    std::uint64_t seed_;
    std::mt19937_64 random_;
};

} // namespace test
