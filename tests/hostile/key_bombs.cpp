// Key records.
#include "bomb.h"
#include "test_keys.h"

#include "base/base64.h"

#include <fmt/format.h>

namespace hostile {

namespace {

Bomb keys(std::string name, const std::vector<std::string>& records) {
    Bomb bomb = plain(std::move(name));
    for (int i = 0; i < 10; ++i) {
        const std::string selector = fmt::format("s{}", i);
        bomb.fields.insert(bomb.fields.begin(),
                           {"DKIM-Signature",
                            fmt::format(" v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil.test; s={}; h=From; "
                                        "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b={}",
                                        selector, large_signature())});
        for (const std::string& record : records) {
            bomb.zone.add("TXT " + selector + "._domainkey.evil.test", record);
        }
    }
    return bomb;
}

std::vector<std::string> different_keys(unsigned count) {
    std::vector<std::string> records;
    for (unsigned i = 0; i < count; ++i) {
        records.push_back(large_key_record(i));
    }
    return records;
}

// The keys are known at once; SPF needs a dozen rounds more, each of which could verify all over again.
Bomb keys_and_slow_spf() {
    Bomb bomb = keys("five large keys for each of 10 signatures, beside a long SPF chain", different_keys(5));
    bomb.mail_from = "<any@chain0.test>";
    for (int i = 0; i < 9; ++i) {
        bomb.zone.add(fmt::format("TXT chain{}.test", i),
                      fmt::format("v=spf1 include:chain{}.test ?all", i + 1));
    }
    bomb.zone.add("TXT chain9.test", "v=spf1 ?all");
    return bomb;
}

} // namespace

std::vector<Bomb> key_bombs() {
    return {
        keys("one large key for each of 10 signatures", {large_key_record()}),
        keys("five large keys for each of 10 signatures", different_keys(5)),
        keys("300 large keys for each of 10 signatures", different_keys(300)),
        keys_and_slow_spf(),
        keys("a modulus of 16384 bits", {key_record(rsa_der(16384, std::string("\x01\x00\x01", 3)))}),
        keys("a modulus of 131072 bits", {key_record(rsa_der(131072, std::string("\x01\x00\x01", 3)))}),
        keys("an exponent as large as the modulus", {key_record(rsa_der(4096, std::string(511, '\xff')))}),
        keys("p= of 60 KB", {"v=DKIM1; p=" + std::string(60'000, 'A')}),
        keys("p= of 15 KB, five times",
             std::vector<std::string>(5, "v=DKIM1; p=" + std::string(15'000, 'A'))),
        keys("15 KB of semicolons, five times", std::vector<std::string>(5, std::string(15'000, ';'))),
        keys("4 KB of flags in t=, five times",
             std::vector<std::string>(5, "v=DKIM1; t=" + repeat("a:", 2030) + "y; p=AAAA")),
        keys("2000 TXT records that are no keys", std::vector<std::string>(2000, "not a key")),
        keys("t= of 7,000 flags, five times",
             std::vector<std::string>(5, "v=DKIM1; t=" + repeat("a:", 7000) + "y; p=AAAA")),
    };
}

} // namespace hostile
