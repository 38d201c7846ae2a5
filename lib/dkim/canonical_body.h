// The two body canonicalizations (RFC 6376 3.4.3 and 3.4.4) over a body that arrives in pieces.
//
// What may still turn out to be dropped (line ends and blanks, of which nobody knows yet whether anything
// follows them) is held back as counts, never as text, so that memory does not grow with the body.
#pragma once

#include "dkim/byte_sink.h"
#include "dkim/canonicalization.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dkim {

class CanonicalBody {
  public:
    CanonicalBody(Canonicalization canonicalization, ByteSink& sink)
        : relaxed_(canonicalization == Canonicalization::relaxed), sink_(sink) {}

    // The next bytes, cut anywhere. Only CRLF ends a line: a lone CR or LF is a byte like any other.
    void update(std::string_view bytes);
    void finish();

  private:
    std::size_t rewrite(std::string_view bytes);
    char* release(std::string_view& bytes, char* out);
    void pass(std::string_view run);
    void write_line_ends();
    void write(std::string_view text);

    bool relaxed_;
    ByteSink& sink_;
    bool empty_ = true; // nothing written yet

    // Held back, in the order in which it came: line ends, then a blank (relaxed only), then a CR.
    std::uint64_t line_ends_ = 0;
    bool blank_ = false;
    bool cr_ = false;
};

} // namespace dkim
