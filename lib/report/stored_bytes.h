// The byte form of stored values: single octets, and texts behind their length in two octets, the high one
// first. Nothing in it is optional, so that a value has one form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace report {

class ByteWriter {
  public:
    void octet(std::size_t value) { bytes_ += static_cast<char>(value); } // below 256
    void text(std::string_view text);                                     // shorter than 64 KiB
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

// Once something was not there, everything that follows is empty and ok() is false.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : left_(bytes), size_(bytes.size()) {}

    [[nodiscard]] std::uint8_t octet();
    // At most `limit`.
    [[nodiscard]] std::size_t number(std::size_t limit);
    [[nodiscard]] std::string_view text(std::size_t limit);
    void refuse() { ok_ = false; }

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return ok_ && left_.empty(); }
    [[nodiscard]] std::size_t position() const { return size_ - left_.size(); }

  private:
    std::string_view left_;
    std::size_t size_;
    bool ok_ = true;
};

} // namespace report
