// The costs of different parts add up; a header is shared between them.
#include "bomb.h"
#include "test_keys.h"

#include <fmt/format.h>

namespace hostile {

namespace {

// Each record fills up with flags what the key leaves of its 4 KB.
std::string filled_key_record(unsigned seed) {
    std::string record = large_key_record(seed);
    return record + "; t=" + repeat("a:", (4090 - record.size()) / 2) + "y";
}

void add_signatures(Bomb& bomb) {
    const std::string names = "From" + repeat(":Subject", 40);
    for (unsigned i = 0; i < 10; ++i) {
        const std::string selector = fmt::format("s{}", i);
        bomb.fields.insert(
            bomb.fields.begin(),
            {"DKIM-Signature", fmt::format(" v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil.test; s={}; h={}; "
                                           "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b={}",
                                           selector, names, large_signature())});
        for (unsigned k = 0; k < 5; ++k) {
            bomb.zone.add("TXT " + selector + "._domainkey.evil.test", filled_key_record(10 * i + k));
        }
    }
}

void add_sender(Bomb& bomb) {
    bomb.helo = "chain0.test";
    bomb.mail_from = "<any@chain0.test>";
    for (int i = 0; i < 12; ++i) {
        bomb.zone.add(fmt::format("TXT chain{}.test", i),
                      "v=spf1" + repeat(" x=y", 1950) + fmt::format(" include:chain{}.test ?all", i + 1));
    }
}

Bomb everything() {
    Bomb bomb = plain("everything at once");
    bomb.fields.front().body = repeat(" a", 10'000) + " <any@evil.test>";
    bomb.fields.insert(bomb.fields.end(), 40, {"Subject", repeat("\r\n a", 1000)});
    bomb.fields.insert(bomb.fields.end(), 100, {"Authentication-Results", " " + repeat("\xc3\xbc ", 64)});
    add_signatures(bomb);
    add_sender(bomb);
    return bomb;
}

} // namespace

std::vector<Bomb> combined_bombs() {
    return {everything()};
}

} // namespace hostile
