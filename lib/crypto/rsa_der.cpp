#include "crypto/rsa_der.h"

#include <bit>
#include <optional>

namespace crypto {

namespace {

constexpr std::size_t minimum_bits = 512;
constexpr std::size_t maximum_bits = 16384; // OpenSSL's own bound; beyond it one verification is a burden
constexpr std::size_t maximum_exponent_bytes = 4;

enum class DerType : unsigned char {
    integer = 0x02,
    bit_string = 0x03,
    null = 0x05,
    oid = 0x06,
    sequence = 0x30
};

constexpr std::string_view rsa_encryption = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"; // 1.2.840.113549.1.1.1

std::size_t octet(char c) {
    return static_cast<unsigned char>(c);
}

// Takes elements off the front of DER text (X.690 section 8 and the restrictions of section 10).
class DerReader {
  public:
    explicit DerReader(std::string_view rest) : rest_(rest) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] bool next_is(DerType type) const {
        return !rest_.empty() && octet(rest_.front()) == static_cast<std::size_t>(type);
    }

    // The contents of the next element, or nothing when it is not of this type or does not fit.
    std::optional<std::string_view> take(DerType type) {
        if (!next_is(type)) {
            return std::nullopt;
        }
        rest_.remove_prefix(1);
        const auto length = take_length();
        if (!length || *length > rest_.size()) {
            return std::nullopt;
        }
        const std::string_view contents = rest_.substr(0, *length);
        rest_.remove_prefix(*length);
        return contents;
    }

  private:
    // X.690 10.1: definite, in the fewest octets. Four octets of length are more than any key needs.
    std::optional<std::size_t> take_length() {
        if (rest_.empty()) {
            return std::nullopt;
        }
        const std::size_t first = octet(rest_.front());
        rest_.remove_prefix(1);
        if (first < 0x80) {
            return first;
        }
        const std::size_t count = first & 0x7f;
        if (count == 0 || count > 4 || count > rest_.size()) {
            return std::nullopt;
        }
        std::size_t length = 0;
        for (const char c : rest_.substr(0, count)) {
            length = length << 8 | octet(c);
        }
        rest_.remove_prefix(count);
        const bool shortest = length >= 0x80 && (length >> (8 * (count - 1))) != 0;
        return shortest ? std::optional(length) : std::nullopt;
    }

    std::string_view rest_;
};

// A positive INTEGER without its sign octet.
std::optional<std::string_view> take_positive(DerReader& reader) {
    auto number = reader.take(DerType::integer);
    if (!number || number->empty() || octet(number->front()) >= 0x80) {
        return std::nullopt;
    }
    if (number->front() == '\0') {
        number->remove_prefix(1);
        if (number->empty() || octet(number->front()) < 0x80) {
            return std::nullopt; // zero, or a zero octet that is not needed
        }
    }
    return number;
}

// The RSAPublicKey inside a SubjectPublicKeyInfo whose AlgorithmIdentifier comes next.
base::Result<std::string_view> unwrap(DerReader info) {
    const auto algorithm = info.take(DerType::sequence);
    const auto bits = info.take(DerType::bit_string);
    if (!algorithm || !bits || !info.at_end()) {
        return base::refuse("malformed SubjectPublicKeyInfo", 0);
    }
    DerReader fields(*algorithm);
    if (fields.take(DerType::oid) != rsa_encryption) {
        return base::refuse("not an RSA key", 0);
    }
    // RFC 3279 2.3.1: the parameters are NULL; some encoders leave them out.
    if (!fields.at_end() && (fields.take(DerType::null) != std::string_view() || !fields.at_end())) {
        return base::refuse("malformed algorithm parameters", 0);
    }
    if (bits->empty() || bits->front() != '\0') {
        return base::refuse("malformed key bits", 0);
    }
    return bits->substr(1);
}

std::size_t bit_length(std::string_view number) {
    return number.size() * 8 -
           static_cast<std::size_t>(std::countl_zero(static_cast<unsigned char>(number.front())));
}

bool is_even(std::string_view number) {
    return octet(number.back()) % 2 == 0;
}

base::Result<RsaNumbers> check(std::string_view modulus, std::string_view exponent) {
    RsaNumbers numbers{modulus, bit_length(modulus), 0};
    if (numbers.bits < minimum_bits || numbers.bits > maximum_bits || is_even(modulus)) {
        return base::refuse("unusable RSA modulus", 0);
    }
    if (exponent.size() > maximum_exponent_bytes) {
        return base::refuse("RSA exponent over 32 bits", 0);
    }
    for (const char c : exponent) {
        numbers.exponent = numbers.exponent << 8 | static_cast<unsigned char>(c);
    }
    if (numbers.exponent < 3 || numbers.exponent % 2 == 0) {
        return base::refuse("unusable RSA exponent", 0);
    }
    return numbers;
}

base::Result<DerReader> open_sequence(std::string_view der) {
    DerReader outer(der);
    const auto contents = outer.take(DerType::sequence);
    if (!contents || !outer.at_end()) {
        return base::refuse("not one DER sequence", 0);
    }
    return DerReader(*contents);
}

base::Result<RsaNumbers> read_public_key(DerReader key) {
    const auto modulus = take_positive(key);
    const auto exponent = take_positive(key);
    if (!modulus || !exponent || !key.at_end()) {
        return base::refuse("malformed RSAPublicKey", 0);
    }
    return check(*modulus, *exponent);
}

} // namespace

base::Result<RsaNumbers> read_rsa_der(std::string_view der) {
    const auto outer = open_sequence(der);
    if (!outer) {
        return base::refuse(outer.error());
    }
    if (!outer->next_is(DerType::sequence)) {
        return read_public_key(*outer);
    }
    return unwrap(*outer).and_then(open_sequence).and_then(read_public_key);
}

} // namespace crypto
