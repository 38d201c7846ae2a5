#include "dkim/body_hash.h"

#include "dkim/byte_sink.h"
#include "dkim/canonical_body.h"

#include <algorithm>

namespace dkim {

// One canonicalization, hashed up to one length.
class BodyHashes::Hash final : private ByteSink {
  public:
    Hash(Canonicalization canonicalization, std::optional<std::uint64_t> limit)
        : canonicalization_(canonicalization), limit_(limit), body_(canonicalization, *this) {}

    [[nodiscard]] bool is_for(Canonicalization canonicalization, std::optional<std::uint64_t> limit) const {
        return canonicalization_ == canonicalization && limit_ == limit;
    }
    // One octet beyond the limit is needed too: that it exists makes the signature a partial one.
    [[nodiscard]] bool satisfied() const { return limit_ && length_ > *limit_; }
    [[nodiscard]] const crypto::Sha256& digest() const { return result_; }
    [[nodiscard]] std::uint64_t length() const { return length_; }

    void update(std::string_view bytes) {
        if (!satisfied()) {
            body_.update(bytes);
        }
    }

    void finish() {
        body_.finish();
        result_ = digest_.finish();
    }

  private:
    void write(std::string_view bytes) override {
        // RFC 6376 3.4.5: l= counts octets of the canonicalized body.
        const std::uint64_t room = limit_ ? *limit_ - std::min(*limit_, length_) : bytes.size();
        digest_.write(bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()))));
        length_ += bytes.size();
    }

    Canonicalization canonicalization_;
    std::optional<std::uint64_t> limit_;
    CanonicalBody body_;
    DigestSink digest_;
    std::uint64_t length_ = 0;
    crypto::Sha256 result_{};
};

BodyHashes::BodyHashes() = default;
BodyHashes::BodyHashes(BodyHashes&&) noexcept = default;
BodyHashes& BodyHashes::operator=(BodyHashes&&) noexcept = default;
BodyHashes::~BodyHashes() = default;

std::size_t BodyHashes::request(Canonicalization canonicalization, std::optional<std::uint64_t> length) {
    const auto same = std::find_if(hashes_.begin(), hashes_.end(),
                                   [&](const auto& hash) { return hash->is_for(canonicalization, length); });
    const auto handle = static_cast<std::size_t>(same - hashes_.begin());
    if (same == hashes_.end()) {
        hashes_.push_back(std::make_unique<Hash>(canonicalization, length));
    }
    return handle;
}

void BodyHashes::update(std::string_view bytes) {
    for (const auto& hash : hashes_) {
        hash->update(bytes);
    }
}

bool BodyHashes::satisfied() const {
    return std::all_of(hashes_.begin(), hashes_.end(), [](const auto& hash) { return hash->satisfied(); });
}

void BodyHashes::finish() {
    for (const auto& hash : hashes_) {
        hash->finish();
    }
}

const crypto::Sha256& BodyHashes::digest(std::size_t handle) const {
    return hashes_[handle]->digest();
}

std::uint64_t BodyHashes::canonical_length(std::size_t handle) const {
    return hashes_[handle]->length();
}

} // namespace dkim
