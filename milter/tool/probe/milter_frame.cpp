#include "milter/tool/probe/milter_frame.h"

namespace milter::tool {

namespace {

constexpr std::size_t length_bytes = 4;

} // namespace

std::string encode(const Frame& frame) {
    std::string bytes;
    put_number(bytes, static_cast<std::uint32_t>(frame.data.size() + 1));
    bytes.push_back(frame.code);
    return bytes + frame.data;
}

std::optional<Frame> FrameReader::next() {
    std::string_view rest = buffer_;
    const auto length = take_number(rest);
    if (!length || broken_) {
        return std::nullopt;
    }
    if (*length == 0 || *length > max_frame_bytes) {
        broken_ = true;
        return std::nullopt;
    }
    if (rest.size() < *length) {
        return std::nullopt;
    }
    Frame frame{rest.front(), std::string(rest.substr(1, *length - 1))};
    buffer_.erase(0, length_bytes + *length);
    return frame;
}

void put_number(std::string& data, std::uint32_t number) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        data.push_back(static_cast<char>(static_cast<unsigned char>((number >> shift) & 0xffU)));
    }
}

void put_short(std::string& data, std::uint16_t number) {
    data.push_back(static_cast<char>(static_cast<unsigned char>(number >> 8U)));
    data.push_back(static_cast<char>(static_cast<unsigned char>(number & 0xffU)));
}

void put_text(std::string& data, std::string_view text) {
    data += text.substr(0, text.find('\0'));
    data.push_back('\0');
}

std::optional<std::uint32_t> take_number(std::string_view& data) {
    if (data.size() < length_bytes) {
        return std::nullopt;
    }
    std::uint32_t number = 0;
    for (const char c : data.substr(0, length_bytes)) {
        number = (number << 8U) | static_cast<unsigned char>(c);
    }
    data.remove_prefix(length_bytes);
    return number;
}

std::optional<std::string> take_text(std::string_view& data) {
    const std::size_t end = data.find('\0');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    std::string text(data.substr(0, end));
    data.remove_prefix(end + 1);
    return text;
}

} // namespace milter::tool
