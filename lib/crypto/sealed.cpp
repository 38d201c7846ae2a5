#include "crypto/sealed.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "crypto/openssl_handle.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace crypto {

namespace {

constexpr char version = 1;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t overhead = 1 + nonce_size + tag_size;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

void check(bool good, const char* what) {
    if (!good) {
        throw std::runtime_error(what); // no memory, or no randomness: there is nothing to go on with
    }
}

unsigned char* octets_of(std::string& text, std::size_t at = 0) {
    return reinterpret_cast<unsigned char*>(text.data() + at);
}

int size_of(std::string_view text) {
    check(text.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()), "too long to be sealed");
    return static_cast<int>(text.size());
}

std::optional<std::string> read_hex(std::string_view text) {
    if (text.size() != 2 * SealingKey::octets) {
        return std::nullopt;
    }
    std::string bytes;
    unsigned value = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = base::to_lower(text[i]);
        const bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (c < 'a' || c > 'f')) {
            return std::nullopt;
        }
        value = value * 16 + static_cast<unsigned>(is_digit ? c - '0' : c - 'a' + 10);
        if (i % 2 == 1) {
            bytes += static_cast<char>(value);
            value = 0;
        }
    }
    return bytes;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

SealingKey SealingKey::generate() {
    SealingKey key;
    check(RAND_bytes(key.key_.data(), static_cast<int>(octets)) == 1, "no random numbers");
    return key;
}

std::optional<SealingKey> SealingKey::read(std::string_view text) {
    const auto word = trim(text);
    auto bytes = read_hex(word);
    if (!bytes) {
        bytes = base::base64_decode(word);
    }
    if (!bytes || bytes->size() != octets) {
        return std::nullopt;
    }
    SealingKey key;
    std::copy(bytes->begin(), bytes->end(), key.key_.begin());
    OPENSSL_cleanse(bytes->data(), bytes->size());
    return key;
}

SealingKey::~SealingKey() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

std::string SealingKey::print() const {
    return base::base64_encode({reinterpret_cast<const char*>(key_.data()), key_.size()});
}

SealingKey::Octets SealingKey::key_of(std::string_view place) const {
    Octets derived{};
    const std::string input = std::string(place) + '\x01';
    unsigned int size = 0;
    check(HMAC(EVP_sha256(), key_.data(), static_cast<int>(octets), crypto::octets(input), input.size(),
               derived.data(), &size) != nullptr &&
              size == octets,
          "HMAC failed");
    return derived;
}

std::string SealingKey::seal(std::string_view place, std::string_view text) const {
    std::string sealed(overhead + text.size(), '\0');
    sealed[0] = version;
    check(RAND_bytes(octets_of(sealed, 1), static_cast<int>(nonce_size)) == 1, "no random numbers");
    Octets key = key_of(place);
    const CipherContext context(EVP_CIPHER_CTX_new());
    int size = 0;
    bool good =
        context != nullptr &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), octets_of(sealed, 1)) ==
            1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &size, crypto::octets(place), size_of(place)) == 1 &&
        EVP_EncryptUpdate(context.get(), octets_of(sealed, 1 + nonce_size), &size, crypto::octets(text),
                          size_of(text)) == 1;
    int rest = 0;
    good = good &&
           EVP_EncryptFinal_ex(context.get(), octets_of(sealed, 1 + nonce_size + text.size()), &rest) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                               octets_of(sealed, 1 + nonce_size + text.size())) == 1;
    OPENSSL_cleanse(key.data(), key.size());
    check(good, "AES-256-GCM failed");
    return sealed;
}

std::optional<std::string> SealingKey::open(std::string_view place, std::string_view sealed) const {
    if (sealed.size() < overhead || sealed[0] != version) {
        return std::nullopt;
    }
    const auto nonce = sealed.substr(1, nonce_size);
    const auto body = sealed.substr(1 + nonce_size, sealed.size() - overhead);
    std::string tag(sealed.substr(sealed.size() - tag_size));
    std::string text(body.size(), '\0');
    Octets key = key_of(place);
    const CipherContext context(EVP_CIPHER_CTX_new());
    int size = 0;
    bool good =
        context != nullptr &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), crypto::octets(nonce)) ==
            1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &size, crypto::octets(place), size_of(place)) == 1 &&
        EVP_DecryptUpdate(context.get(), octets_of(text), &size, crypto::octets(body), size_of(body)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), tag.data()) == 1;
    std::array<unsigned char, tag_size> end{};
    good = good && EVP_DecryptFinal_ex(context.get(), end.data(), &size) == 1;
    OPENSSL_cleanse(key.data(), key.size());
    return good ? std::optional(std::move(text)) : std::nullopt;
}

} // namespace crypto
