// A message made to cost us as much as possible, with the session and the DNS that go with it.
#pragma once

#include "support/world/zone.h"

#include <string>
#include <string_view>
#include <vector>

namespace hostile {

struct Field {
    std::string name;
    std::string body; // after the colon, folds as CRLF
};

struct Bomb {
    std::string name; // says what it aims at
    std::string config;
    std::string client = "203.0.113.66";
    std::string helo = "mx.evil.test";
    std::string mail_from = "<any@evil.test>";
    bool outbound = false; // a user's submission, to be signed
    std::vector<Field> fields;
    std::string body;
    test::Zone zone;
    bool refused = false; // over a limit: 552
};

// Every kind, by what it aims at.
[[nodiscard]] std::vector<Bomb> header_bombs();
[[nodiscard]] std::vector<Bomb> author_bombs();
[[nodiscard]] std::vector<Bomb> result_bombs(); // forged Authentication-Results and kin
[[nodiscard]] std::vector<Bomb> signature_bombs();
[[nodiscard]] std::vector<Bomb> key_bombs();
[[nodiscard]] std::vector<Bomb> sender_bombs();
[[nodiscard]] std::vector<Bomb> policy_bombs();
[[nodiscard]] std::vector<Bomb> body_bombs();
[[nodiscard]] std::vector<Bomb> combined_bombs(); // much of the worst at once
[[nodiscard]] std::vector<Bomb> all_bombs();

// "ab" three times is "ababab".
[[nodiscard]] std::string repeat(std::string_view text, std::size_t times);

// A message that is no bomb, to start from: From, To, Subject.
[[nodiscard]] Bomb plain(std::string name);

} // namespace hostile
