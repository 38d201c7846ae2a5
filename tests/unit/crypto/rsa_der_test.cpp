#include "crypto/rsa_der.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

// DER made by hand, so that it can be made wrong.
std::string element(int tag, const std::string& contents) {
    std::string text(1, static_cast<char>(tag));
    const std::size_t size = contents.size();
    if (size < 0x80) {
        text += static_cast<char>(size);
    } else if (size < 0x100) {
        text += {'\x81', static_cast<char>(size)};
    } else {
        text += {'\x82', static_cast<char>(size >> 8), static_cast<char>(size & 0xff)};
    }
    return text + contents;
}

const std::string zero(1, '\0');
const std::string oid_rsa = element(0x06, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
const std::string oid_ec = element(0x06, "\x2a\x86\x48\xce\x3d\x02\x01");
const std::string null = std::string("\x05\0", 2);

std::string modulus(std::size_t octets) {
    return "\xc1" + std::string(octets - 2, '\x5a') + "\x01";
}

std::string integer(const std::string& number) {
    return element(0x02, number);
}

std::string rsa_public_key(const std::string& n, const std::string& e) {
    return element(0x30, integer(n) + integer(e));
}

std::string key_info(const std::string& algorithm, const std::string& key) {
    return element(0x30, element(0x30, algorithm) + element(0x03, zero + key));
}

const std::string n1024 = zero + modulus(128);
const std::string e65537("\x01\x00\x01", 3);
const std::string good = rsa_public_key(n1024, e65537);

} // namespace

TEST_CASE("the numbers of an RSA key are read from both forms", "[rfc6376-3.6.1]") {
    for (const std::string& der : {good, key_info(oid_rsa + null, good), key_info(oid_rsa, good)}) {
        const auto numbers = crypto::read_rsa_der(der);
        REQUIRE(numbers);
        CHECK(numbers->modulus == modulus(128));
        CHECK(numbers->bits == 1024);
        CHECK(numbers->exponent == 65537);
    }
}

TEST_CASE("the size is that of the number, not of its octets") {
    const auto bits = [](const std::string& n) {
        return crypto::read_rsa_der(rsa_public_key(n, e65537))->bits;
    };
    CHECK(bits("\x01" + std::string(127, '\x5b')) == 1017);
    CHECK(bits("\x7f" + std::string(127, '\x5b')) == 1023);
    CHECK(bits(zero + "\x80" + std::string(127, '\x5b')) == 1024);
}

TEST_CASE("anything but one RSA public key is refused") {
    struct Case {
        std::string name;
        std::string der;
    };
    const std::vector<Case> cases = {
        {"nothing", ""},
        {"a bare tag", "\x30"},
        {"an empty sequence", element(0x30, "")},
        {"another structure", element(0x31, integer(n1024) + integer(e65537))},
        {"octets behind the key", good + "x"},
        {"a third integer", element(0x30, integer(n1024) + integer(e65537) + integer(e65537))},
        {"no exponent", element(0x30, integer(n1024))},
        {"an empty modulus", rsa_public_key("", e65537)},
        {"a modulus of zero", rsa_public_key(zero, e65537)},
        {"a negative modulus", rsa_public_key(modulus(128), e65537)},
        {"a needless zero octet", rsa_public_key(zero + "\x41" + std::string(127, '\x5b'), e65537)},
        {"an even modulus", rsa_public_key(zero + "\xc1" + std::string(127, '\x5a'), e65537)},
        {"a modulus of 504 bits", rsa_public_key(zero + modulus(63), e65537)},
        {"a modulus of 16392 bits", rsa_public_key(zero + modulus(2049), e65537)},
        {"exponent 1", rsa_public_key(n1024, "\x01")},
        {"an even exponent", rsa_public_key(n1024, std::string("\x01\x00\x00", 3))},
        {"an exponent of 33 bits", rsa_public_key(n1024, std::string("\x01\x00\x00\x00\x01", 5))},
        {"a negative exponent", rsa_public_key(n1024, "\x81")},
        {"another algorithm", key_info(oid_ec + null, good)},
        {"parameters that are not NULL", key_info(oid_rsa + integer(e65537), good)},
        {"two parameters", key_info(oid_rsa + null + null, good)},
        {"unused bits", element(0x30, element(0x30, oid_rsa + null) + element(0x03, "\x01" + good))},
        {"no bits at all", element(0x30, element(0x30, oid_rsa + null) + element(0x03, ""))},
        {"something behind the bits",
         element(0x30, element(0x30, oid_rsa + null) + element(0x03, zero + good) + null)},
        {"a key info inside a key info", key_info(oid_rsa + null, key_info(oid_rsa + null, good))},
        {"an indefinite length", "\x30\x80" + good.substr(2)},
        {"a length of five octets", "\x30\x85" + std::string(5, '\0')},
        {"a length longer than needed", std::string("\x30\x82\x00\x05", 4) + integer(e65537)},
        {"a length beyond the end", "\x30\x84\x7f\xff\xff\xff"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK_FALSE(crypto::read_rsa_der(c.der));
    }
}

TEST_CASE("no beginning of a key is a key") {
    const std::string der = key_info(oid_rsa + null, good);
    for (std::size_t size = 0; size < der.size(); ++size) {
        CHECK_FALSE(crypto::read_rsa_der(std::string_view(der).substr(0, size)));
    }
}

TEST_CASE("the largest exponent that fits 32 bits is accepted") {
    const auto numbers = crypto::read_rsa_der(rsa_public_key(n1024, zero + "\xff\xff\xff\xff"));
    REQUIRE(numbers);
    CHECK(numbers->exponent == 0xffffffff);
}
