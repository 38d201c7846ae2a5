// The body hashes of one message, computed while it streams by: one per distinct (canonicalization, length),
// for all signatures together (RFC 6376 3.4.3, 3.4.4 and 3.7). The body itself is never kept, and
// hashed once per canonicalization, whatever lengths are asked for.
#pragma once

#include "crypto/digest.h"
#include "dkim/canonicalization.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace dkim {

class BodyHashes {
  public:
    BodyHashes();
    BodyHashes(BodyHashes&&) noexcept;
    BodyHashes& operator=(BodyHashes&&) noexcept;
    ~BodyHashes();

    // Before the first update(): asks for the hash of the canonicalized body, of its first `length` octets if
    // given. The same request again costs nothing. Returns a handle for digest().
    std::size_t request(Canonicalization canonicalization, std::optional<std::uint64_t> length);

    // The next bytes of the body, cut anywhere, CRLF line ends.
    void update(std::string_view bytes);
    // True when no further byte can change any hash or matter to l=: nothing was requested, or every length
    // was passed (one octet beyond it has to be seen, since its existence makes a signature a partial one).
    [[nodiscard]] bool satisfied() const;
    void finish();

    // After finish().
    [[nodiscard]] const crypto::Sha256& digest(std::size_t handle) const;
    // Octets of the canonicalized body, to compare with l=. With a length, counting may end once it is
    // passed.
    [[nodiscard]] std::uint64_t canonical_length(std::size_t handle) const;

  private:
    class Stream;
    struct Place {
        std::size_t stream = 0;
        std::size_t result = 0; // of the stream
        bool operator==(const Place&) const = default;
    };

    std::vector<std::unique_ptr<Stream>> streams_; // one a canonicalization
    std::vector<Place> places_;                    // by handle
};

} // namespace dkim
