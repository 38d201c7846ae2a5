// SHA-256, streaming (FIPS 180-4 through OpenSSL).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

struct evp_md_ctx_st;

namespace crypto {

using Sha256 = std::array<std::uint8_t, 32>;

class Sha256Digest {
  public:
    Sha256Digest();
    Sha256Digest(Sha256Digest&&) noexcept;
    Sha256Digest& operator=(Sha256Digest&&) noexcept;
    ~Sha256Digest();

    void update(std::string_view bytes);
    // The digest of everything so far; more may follow.
    [[nodiscard]] Sha256 peek() const;
    [[nodiscard]] Sha256 finish(); // once; the object is spent afterwards

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

[[nodiscard]] Sha256 sha256(std::string_view bytes);

} // namespace crypto
