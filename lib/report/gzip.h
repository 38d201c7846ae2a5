// Compression as reports are sent (RFC 9990 3.5.2, RFC 1952). No time and no name is in them: with one
// version of zlib the same text gives the same bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace report {

class Gzip {
  public:
    Gzip();
    Gzip(Gzip&&) noexcept;
    Gzip& operator=(Gzip&&) noexcept;
    ~Gzip();

    void add(std::string_view text);
    // All that was added, as one member; what is added afterwards begins the next.
    [[nodiscard]] std::string finish();

  private:
    struct Free {
        void operator()(z_stream_s* stream) const;
    };
    void run(int flush);

    std::unique_ptr<z_stream_s, Free> stream_;
    std::string compressed_;
};

} // namespace report
