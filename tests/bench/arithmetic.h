// What of one message is arithmetic, by name: bare_crypto measures it by itself, noop_milter at the end of a
// message.
#pragma once

#include "bench/bare.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

// Keys, texts and signatures, made once. Const functions may run on many threads at once.
class Arithmetic {
  public:
    struct Sizes { // octets
        std::size_t header = 1200;
        std::size_t body = 3200;
    };
    struct Operation {
        std::string name;
        void (Arithmetic::*work)() const;
        int times; // for a tenth of a second or less
    };

    explicit Arithmetic(const Sizes& sizes) : header_(sizes.header, 'h'), body_(sizes.body, 'b') {}

    [[nodiscard]] static const std::vector<Operation>& operations();
    [[nodiscard]] static std::vector<std::string> names();
    // Null when there is none of that name.
    [[nodiscard]] static const Operation* find(const std::string& name);

  private:
    void hash_body() const;
    void hash_large() const;
    void verify_rsa() const;
    void verify_ed25519() const;
    void sign_rsa() const;
    void sign_both() const;

    std::string header_;
    std::string body_;
    std::string digest_ = std::string(32, 'd'); // RFC 8463 3: what Ed25519 signs is the digest
    BareKey rsa_ = BareKey::rsa();
    BareKey ed25519_ = BareKey::ed25519();
    std::string rsa_signature_ = rsa_.sign(header_);
    std::string ed25519_signature_ = ed25519_.sign(digest_);
};

} // namespace bench
