#include "dkim/published_key.h"

#include <utility>

namespace dkim {

namespace {

std::optional<crypto::PublicKey> read_key(const KeyRecord& record) {
    if (!record.type || record.public_key.empty()) {
        return std::nullopt;
    }
    auto key = *record.type == crypto::KeyType::rsa ? crypto::PublicKey::rsa(record.public_key)
                                                    : crypto::PublicKey::ed25519(record.public_key);
    return key ? std::optional(*std::move(key)) : std::nullopt;
}

std::shared_ptr<const PublishedKey> read(std::string_view text) {
    auto record = parse_key_record(text);
    if (!record) {
        return nullptr;
    }
    auto key = read_key(*record);
    return std::make_shared<const PublishedKey>(PublishedKey{*std::move(record), std::move(key)});
}

} // namespace

std::shared_ptr<const PublishedKey> read_published_key(std::string_view text, KeyMemo* memo) {
    return base::recall(memo, text, read);
}

} // namespace dkim
