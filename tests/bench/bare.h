// The arithmetic without anything around it: OpenSSL's own interface, keys that are kept. The floor under
// what signs, verifies and hashes.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace bench {

std::array<unsigned char, 32> bare_sha256(std::string_view data);

class BareKey {
  public:
    [[nodiscard]] static BareKey rsa(unsigned bits = 2048);
    [[nodiscard]] static BareKey ed25519();

    // RSA: over the SHA-256 of the data. Ed25519: over the data. These throw std::runtime_error.
    [[nodiscard]] std::string sign(std::string_view data) const;
    void verify(std::string_view data, std::string_view signature) const;

  private:
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    BareKey(evp_pkey_st* key, bool hashes) : key_(key), hashes_(hashes) {}

    std::unique_ptr<evp_pkey_st, Free> key_;
    bool hashes_;
};

} // namespace bench
