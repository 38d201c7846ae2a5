#include "dkim/body_hash.h"

#include "dkim/byte_sink.h"
#include "dkim/canonical_body.h"

#include <algorithm>
#include <limits>

namespace dkim {

namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

} // namespace

// One canonicalization, hashed once, whatever number of lengths is asked for: a signer of ten signatures,
// each with an l= of its own, must not make us hash a body ten times.
class BodyHashes::Stream final : private ByteSink {
  public:
    explicit Stream(Canonicalization canonicalization)
        : canonicalization_(canonicalization), body_(canonicalization, *this) {}

    [[nodiscard]] Canonicalization canonicalization() const { return canonicalization_; }

    std::size_t request(std::optional<std::uint64_t> length) {
        const auto same = std::find_if(results_.begin(), results_.end(),
                                       [&](const Result& result) { return result.limit == length; });
        const auto index = static_cast<std::size_t>(same - results_.begin());
        if (same == results_.end()) {
            results_.push_back({length, {}, false});
            next_ = std::min(next_, length.value_or(no_limit));
        }
        return index;
    }

    // One octet beyond the limit is needed too: that it exists makes the signature a partial one.
    [[nodiscard]] bool satisfied() const {
        return std::all_of(results_.begin(), results_.end(),
                           [this](const Result& result) { return result.limit && length_ > *result.limit; });
    }

    [[nodiscard]] const crypto::Sha256& digest(std::size_t index) const { return results_[index].digest; }
    [[nodiscard]] std::uint64_t length() const { return length_; }

    void update(std::string_view bytes) {
        if (!satisfied()) {
            body_.update(bytes);
        }
    }

    void finish() {
        body_.finish();
        const crypto::Sha256 whole = digest_.finish();
        for (Result& result : results_) {
            if (!result.taken) {
                result.digest = whole;
            }
        }
    }

  private:
    struct Result {
        std::optional<std::uint64_t> limit;
        crypto::Sha256 digest{};
        bool taken = false; // the digest is that of the octets up to the limit
    };

    // RFC 6376 3.4.5: l= counts octets of the canonicalized body.
    void write(std::string_view bytes) override {
        while (bytes.size() > next_ - length_) {
            const std::string_view before = bytes.substr(0, static_cast<std::size_t>(next_ - length_));
            digest_.write(before);
            length_ = next_;
            bytes.remove_prefix(before.size());
            take_digests();
        }
        digest_.write(bytes);
        length_ += bytes.size();
    }

    void take_digests() {
        next_ = no_limit;
        for (Result& result : results_) {
            const std::uint64_t limit = result.limit.value_or(no_limit);
            if (limit == length_) {
                result.digest = digest_.peek();
                result.taken = true;
            } else if (limit > length_) {
                next_ = std::min(next_, limit);
            }
        }
    }

    Canonicalization canonicalization_;
    CanonicalBody body_;
    DigestSink digest_;
    std::vector<Result> results_;
    std::uint64_t length_ = 0;
    std::uint64_t next_ = no_limit; // the nearest limit that has not been passed
};

BodyHashes::BodyHashes() = default;
BodyHashes::BodyHashes(BodyHashes&&) noexcept = default;
BodyHashes& BodyHashes::operator=(BodyHashes&&) noexcept = default;
BodyHashes::~BodyHashes() = default;

std::size_t BodyHashes::request(Canonicalization canonicalization, std::optional<std::uint64_t> length) {
    auto stream = std::find_if(streams_.begin(), streams_.end(), [canonicalization](const auto& one) {
        return one->canonicalization() == canonicalization;
    });
    if (stream == streams_.end()) {
        stream = streams_.insert(stream, std::make_unique<Stream>(canonicalization));
    }
    const Place place{static_cast<std::size_t>(stream - streams_.begin()), (*stream)->request(length)};
    const auto same = std::find(places_.begin(), places_.end(), place);
    if (same != places_.end()) {
        return static_cast<std::size_t>(same - places_.begin());
    }
    places_.push_back(place);
    return places_.size() - 1;
}

void BodyHashes::update(std::string_view bytes) {
    for (const auto& stream : streams_) {
        stream->update(bytes);
    }
}

bool BodyHashes::satisfied() const {
    return std::all_of(streams_.begin(), streams_.end(),
                       [](const auto& stream) { return stream->satisfied(); });
}

void BodyHashes::finish() {
    for (const auto& stream : streams_) {
        stream->finish();
    }
}

const crypto::Sha256& BodyHashes::digest(std::size_t handle) const {
    return streams_[places_[handle].stream]->digest(places_[handle].result);
}

std::uint64_t BodyHashes::canonical_length(std::size_t handle) const {
    return streams_[places_[handle].stream]->length();
}

} // namespace dkim
