#include "crypto/signing_key.h"

#include "crypto/digest_info.h"
#include "crypto/ready_key.h"
#include "crypto/rsa_der.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <fmt/format.h>

#include <array>

namespace crypto {

namespace {

constexpr std::size_t longest_pem = std::size_t{64} * 1024; // an RSA key of 16384 bits takes 13 KiB
constexpr std::size_t minimum_rsa_bits = 1024;              // RFC 8301 3.2: signers must not use less
constexpr std::size_t maximum_rsa_bits = 16384;
constexpr std::size_t ed25519_bits = 256;

// Stands where OpenSSL would otherwise ask the terminal for a passphrase.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) {
    return -1;
}

// PKCS#8 says so in its label, the older form in a header behind it (RFC 7468 11, RFC 1421 4.6.1.1).
bool is_encrypted(std::string_view pem) {
    return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos ||
           pem.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

// A sequence with a length of more than one octet, as a key or a certificate begins in DER.
bool is_der(std::string_view text) {
    return text.size() > 2 && text[0] == 0x30 && (static_cast<unsigned char>(text[1]) & 0x80U) != 0;
}

// An Ed25519 key is shorter: sequence, 46 octets, version 0.
bool is_short_der(std::string_view text) {
    return text.starts_with(std::string_view("\x30\x2e\x02\x01\x00", 5));
}

std::string what_instead(std::string_view pem) {
    if (pem.find("-----BEGIN PUBLIC KEY-----") != std::string_view::npos ||
        pem.find("-----BEGIN RSA PUBLIC KEY-----") != std::string_view::npos) {
        return "a public key; signing needs the private key that belongs to it";
    }
    if (pem.find("-----BEGIN CERTIFICATE") != std::string_view::npos) {
        return "a certificate; signing needs a private key";
    }
    if (pem.find("v=DKIM1") != std::string_view::npos) {
        return "the record with the public key; signing needs the private key that belongs to it";
    }
    if (is_der(pem) || is_short_der(pem)) {
        return "in DER, not PEM; convert it with openssl pkey -inform DER -in FILE -out FILE.pem";
    }
    return "no PEM private key found";
}

std::string refusal(std::string_view pem) {
    if (is_encrypted(pem)) {
        return "the private key is encrypted; remove its passphrase";
    }
    if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
        return what_instead(pem);
    }
    if (pem.find("-----BEGIN OPENSSH PRIVATE KEY-----") != std::string_view::npos) {
        return "a private key of OpenSSH's own form, not PEM of PKCS#8 or PKCS#1";
    }
    return "the private key cannot be read";
}

std::string describe(const EVP_PKEY* key) {
    const char* name = EVP_PKEY_get0_type_name(key);
    return fmt::format("a key of type {} cannot sign; use RSA or Ed25519",
                       name == nullptr ? "unknown" : name);
}

std::string to_string(const unsigned char* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size}; // OpenSSL's byte type to std::string
}

std::string sign_rsa(const ReadyKey& key, const Sha256& digest) {
    const KeyContext context = key.rsa();
    const DigestInfo info = digest_info(digest);
    std::array<unsigned char, maximum_rsa_bits / 8> signature{};
    std::size_t size = signature.size();
    const bool made =
        context && EVP_PKEY_sign(context.get(), signature.data(), &size, info.data(), info.size()) == 1;
    return made ? to_string(signature.data(), size) : std::string();
}

std::string sign_ed25519(const ReadyKey& key, const Sha256& digest) {
    const DigestContext context = key.ed25519();
    std::array<unsigned char, 64> signature{};
    std::size_t size = signature.size();
    const bool made =
        context && EVP_DigestSign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1;
    return made ? to_string(signature.data(), size) : std::string();
}

std::string contents(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

} // namespace

base::Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
    if (pem.size() > longest_pem) {
        return base::refuse("too long for a PEM private key", 0);
    }
    const Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    KeyHandle key(PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key) {
        return base::refuse(refusal(pem), 0);
    }
    if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) {
        return SigningKey(make_ready(std::move(key), KeyType::ed25519, KeyUse::sign), KeyType::ed25519,
                          ed25519_bits);
    }
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1) {
        return base::refuse(describe(key.get()), 0);
    }
    const auto bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key.get()));
    if (bits < minimum_rsa_bits || bits > maximum_rsa_bits) {
        return base::refuse(fmt::format("an RSA key of {} bits; {} to {} are allowed", bits, minimum_rsa_bits,
                                        maximum_rsa_bits),
                            0);
    }
    SigningKey made(make_ready(std::move(key), KeyType::rsa, KeyUse::sign), KeyType::rsa, bits);
    if (const auto numbers = read_rsa_der(made.public_record_bytes()); !numbers) {
        return base::refuse(fmt::format("verifiers cannot use this key: {}", numbers.error().message), 0);
    }
    return made;
}

base::Result<SigningKey> SigningKey::generate(KeyType type, std::size_t bits) {
    if (type == KeyType::rsa && (bits < minimum_rsa_bits || bits > maximum_rsa_bits)) {
        return base::refuse(fmt::format("RSA keys have {} to {} bits", minimum_rsa_bits, maximum_rsa_bits),
                            0);
    }
    KeyHandle key(type == KeyType::rsa ? EVP_RSA_gen(bits) : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key) {
        ERR_clear_error();
        return base::refuse("OpenSSL could not make a key", 0);
    }
    return SigningKey(make_ready(std::move(key), type, KeyUse::sign), type,
                      type == KeyType::rsa ? bits : ed25519_bits);
}

SignatureAlgorithm SigningKey::algorithm() const {
    return type_ == KeyType::rsa ? SignatureAlgorithm::rsa_sha256 : SignatureAlgorithm::ed25519_sha256;
}

base::Result<std::string> SigningKey::sign(const Sha256& digest) const {
    std::string signature = type_ == KeyType::rsa ? sign_rsa(*key_, digest) : sign_ed25519(*key_, digest);
    if (signature.empty()) {
        ERR_clear_error();
        return base::refuse("OpenSSL could not sign", 0);
    }
    return signature;
}

std::string SigningKey::public_record_bytes() const {
    if (type_ == KeyType::ed25519) {
        // RFC 8463 4.2: the key itself, without the structure around it.
        std::array<unsigned char, 32> raw{};
        std::size_t size = raw.size();
        EVP_PKEY_get_raw_public_key(key_->get(), raw.data(), &size);
        return to_string(raw.data(), size);
    }
    const Bio der(BIO_new(BIO_s_mem()));
    i2d_PUBKEY_bio(der.get(), key_->get());
    return contents(der.get());
}

std::string SigningKey::to_pem() const {
    const Bio pem(BIO_new(BIO_s_secmem()));
    PEM_write_bio_PKCS8PrivateKey(pem.get(), key_->get(), nullptr, nullptr, 0, nullptr, nullptr);
    return contents(pem.get());
}

} // namespace crypto
