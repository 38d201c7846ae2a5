// Key records, and the public key inside.
#include "crypto/public_key.h"
#include "dkim/key_record.h"
#include "fuzz/property.h"

namespace {

void run(std::string_view input) {
    const auto record = dkim::parse_key_record(input);
    if (!record) {
        return;
    }
    fuzz::require(dkim::parse_key_record(dkim::print(*record)) == record,
                  "a key record survives its own text");
    if (record->type) {
        const auto key = *record->type == crypto::KeyType::rsa
                             ? crypto::PublicKey::rsa(record->public_key)
                             : crypto::PublicKey::ed25519(record->public_key);
        fuzz::require(!key || !key->verify({}, record->public_key), "a key is no signature");
    }
}

const fuzz::Target target("key_record", run);

} // namespace
