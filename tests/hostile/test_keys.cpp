#include "test_keys.h"

#include "base/base64.h"

#include <random>

namespace hostile {

namespace {

std::string random_bytes(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::string bytes;
    for (; count > 0; --count) {
        bytes += static_cast<char>(random() & 0xff);
    }
    return bytes;
}

std::string element(char type, const std::string& contents) {
    std::string der(1, type);
    if (contents.size() < 0x80) {
        der += static_cast<char>(contents.size());
    } else if (contents.size() < 0x100) {
        der += '\x81';
        der += static_cast<char>(contents.size());
    } else {
        der += '\x82';
        der += static_cast<char>(contents.size() >> 8);
        der += static_cast<char>(contents.size() & 0xff);
    }
    return der + contents;
}

std::string integer(std::string number) {
    if ((static_cast<unsigned char>(number.front()) & 0x80U) != 0) {
        number.insert(0, 1, '\0');
    }
    return element('\x02', number);
}

std::string modulus(std::size_t bits, unsigned seed) {
    std::string bytes = random_bytes(bits / 8, seed);
    bytes.front() = static_cast<char>(static_cast<unsigned char>(bytes.front()) | 0x80U);
    bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) | 1U);
    return bytes;
}

std::string record(std::size_t bits, const std::string& exponent, unsigned seed) {
    return key_record(element('\x30', integer(modulus(bits, seed)) + integer(exponent)));
}

} // namespace

std::string rsa_der(std::size_t bits, const std::string& exponent) {
    return element('\x30', integer(modulus(bits, 1)) + integer(exponent));
}

std::string key_record(const std::string& der) {
    return "v=DKIM1; p=" + base::base64_encode(der);
}

std::string large_key_record(unsigned seed) {
    return record(4096, "\xff\xff\xff\xff", seed);
}

std::string large_signature() {
    std::string bytes = random_bytes(512, 7);
    bytes.front() = 1; // below the modulus
    return base::base64_encode(bytes);
}

} // namespace hostile
