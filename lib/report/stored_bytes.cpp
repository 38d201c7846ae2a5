#include "report/stored_bytes.h"

namespace report {

void ByteWriter::text(std::string_view text) {
    text = text.substr(0, 0xffff);
    octet(text.size() >> 8U);
    octet(text.size() & 0xffU);
    bytes_ += text;
}

std::uint8_t ByteReader::octet() {
    if (!ok_ || left_.empty()) {
        ok_ = false;
        return 0;
    }
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
}

std::size_t ByteReader::number(std::size_t limit) {
    const std::size_t value = octet();
    if (value > limit) {
        ok_ = false;
        return 0;
    }
    return value;
}

std::string_view ByteReader::text(std::size_t limit) {
    const std::size_t high = octet();
    const std::size_t size = high * 256 + octet();
    if (!ok_ || size > limit || size > left_.size()) {
        ok_ = false;
        return {};
    }
    const auto text = left_.substr(0, size);
    left_.remove_prefix(size);
    return text;
}

} // namespace report
