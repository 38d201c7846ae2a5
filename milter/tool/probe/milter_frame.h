// The frames of the milter protocol, version 6, as both sides write them: four bytes of length, a command or
// reply byte, data. Numbers are big-endian; texts end in NUL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace milter::tool {

struct Frame {
    char code = 0; // SMFIC_* from the MTA, SMFIR_* from the filter
    std::string data;

    bool operator==(const Frame&) const = default;
};

// A filter answers with far less; a longer frame is taken for another protocol.
inline constexpr std::size_t max_frame_bytes = std::size_t{1024} * 1024;

[[nodiscard]] std::string encode(const Frame& frame);

// Frames out of a byte stream that arrives in pieces.
class FrameReader {
  public:
    void append(std::string_view bytes) { buffer_ += bytes; }
    // The next whole frame; nothing until more bytes arrive.
    [[nodiscard]] std::optional<Frame> next();
    // True once a length arrived that no frame has; the stream is useless from there on.
    [[nodiscard]] bool broken() const { return broken_; }

  private:
    std::string buffer_;
    bool broken_ = false;
};

// Building a frame's data.
void put_number(std::string& data, std::uint32_t number);
void put_short(std::string& data, std::uint16_t number);
void put_text(std::string& data, std::string_view text); // and its NUL; ends at a NUL inside

// Taking a frame's data apart; nothing when it is too short. `data` loses what was taken.
[[nodiscard]] std::optional<std::uint32_t> take_number(std::string_view& data);
[[nodiscard]] std::optional<std::string> take_text(std::string_view& data);

} // namespace milter::tool
