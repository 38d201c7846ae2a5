#include "report/gzip.h"

#include <zlib.h>

#include <array>
#include <new>
#include <utility>

namespace report {

namespace {

constexpr int gzip_window = 15 + 16; // the largest, with gzip's frame
constexpr int memory_level = 8;      // zlib's default

} // namespace

void Gzip::Free::operator()(z_stream_s* stream) const {
    deflateEnd(stream);
    delete stream; // NOLINT(cppcoreguidelines-owning-memory): of the pointer that owns it
}

Gzip::Gzip() : stream_(new z_stream_s{}) {
    if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc(); // the only way in which it fails with these
    }
}

Gzip::Gzip(Gzip&&) noexcept = default;
Gzip& Gzip::operator=(Gzip&&) noexcept = default;
Gzip::~Gzip() = default;

void Gzip::add(std::string_view text) {
    constexpr std::size_t piece = std::size_t{1} << 30U; // zlib counts in unsigned int
    while (!text.empty()) {
        const std::string_view now = text.substr(0, piece);
        // zlib reads through a pointer that it does not call const.
        stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(now.data())); // NOLINT
        stream_->avail_in = static_cast<uInt>(now.size());
        run(Z_NO_FLUSH);
        text.remove_prefix(now.size());
    }
}

std::string Gzip::finish() {
    run(Z_FINISH);
    deflateReset(stream_.get());
    return std::exchange(compressed_, {});
}

void Gzip::run(int flush) {
    std::array<Bytef, 16384> room{};
    do {
        stream_->next_out = room.data();
        stream_->avail_out = static_cast<uInt>(room.size());
        deflate(stream_.get(), flush);
        compressed_.append(reinterpret_cast<const char*>(room.data()), room.size() - stream_->avail_out);
    } while (stream_->avail_out == 0);
}

} // namespace report
