// Receives canonical text in pieces, in order, of any size.
#pragma once

#include "crypto/digest.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace dkim {

class ByteSink {
  public:
    ByteSink() = default;
    ByteSink(const ByteSink&) = delete;
    ByteSink& operator=(const ByteSink&) = delete;

    virtual void write(std::string_view bytes) = 0;

  protected:
    ~ByteSink() = default; // never owned through this class
};

// Hashes what is written. Short pieces are gathered first, because a call into OpenSSL costs more than
// hashing a word; long ones go straight through.
class DigestSink final : public ByteSink {
  public:
    void write(std::string_view bytes) override;
    [[nodiscard]] crypto::Sha256 peek();   // of what was written so far
    [[nodiscard]] crypto::Sha256 finish(); // once

  private:
    void flush();

    crypto::Sha256Digest digest_;
    std::array<char, 512> gathered_{};
    std::size_t used_ = 0;
};

} // namespace dkim
