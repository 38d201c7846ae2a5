#include "dkim/key_record.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "tag_list/tag_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace dkim {

namespace {

using tag_list::Tag;
using tag_list::TagList;

// RFC 6376 3.6.1, v=: first if it is there, and "DKIM1" to the letter; otherwise the record is discarded.
bool has_right_version(const TagList& tags) {
    const Tag* version = tags.find("v");
    return version == nullptr || (version == &tags.tags().front() && version->value == "DKIM1");
}

// True when a colon-separated value holds one of the words. Words that nobody knows are ignored (RFC
// 6376 3.6.1).
bool lists(const Tag& tag, std::string_view word) {
    const auto words = tag_list::split_colons(tag.value);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view w) { return base::iequals(w, word); });
}

std::optional<crypto::KeyType> read_type(const TagList& tags) {
    const Tag* tag = tags.find("k");
    if (tag == nullptr) {
        return crypto::KeyType::rsa; // RFC 6376 3.6.1: the default
    }
    for (const auto type : {crypto::KeyType::rsa, crypto::KeyType::ed25519}) {
        if (base::iequals(tag->value, print(type))) {
            return type;
        }
    }
    return std::nullopt;
}

// RFC 6376 3.6.1, h=: all hashes are allowed unless it lists some.
bool allows_sha256(const TagList& tags) {
    const Tag* tag = tags.find("h");
    return tag == nullptr || lists(*tag, "sha256");
}

// RFC 6376 3.6.1, s=: the default is "*".
bool is_for_email(const TagList& tags) {
    const Tag* tag = tags.find("s");
    return tag == nullptr || lists(*tag, "*") || lists(*tag, "email");
}

bool has_flag(const TagList& tags, std::string_view flag) {
    const Tag* tag = tags.find("t");
    return tag != nullptr && lists(*tag, flag);
}

} // namespace

base::Result<KeyRecord> parse_key_record(std::string_view text) {
    const auto tags = TagList::parse(text);
    if (!tags) {
        return base::refuse(tags.error());
    }
    if (!has_right_version(*tags)) {
        return base::refuse("not a DKIM1 record", 0);
    }
    const Tag* key = tags->find("p");
    if (key == nullptr) {
        return base::refuse("missing tag: p", text.size());
    }
    auto bytes = base::base64_decode(tag_list::remove_fws(key->value));
    if (!bytes) {
        return base::refuse("invalid base64 in p=", key->raw_begin);
    }
    KeyRecord record;
    record.type = read_type(*tags);
    record.public_key = std::move(*bytes);
    record.allows_sha256 = allows_sha256(*tags);
    record.for_email = is_for_email(*tags);
    record.testing = has_flag(*tags, "y");
    record.exact_domain = has_flag(*tags, "s");
    return record;
}

std::string print(const KeyRecord& record) {
    std::string text = fmt::format("v=DKIM1; k={}", record.type ? print(*record.type) : "unknown");
    if (!record.allows_sha256) {
        text += "; h=none";
    }
    if (!record.for_email) {
        text += "; s=none";
    }
    if (record.testing || record.exact_domain) {
        text += record.testing && record.exact_domain ? "; t=y:s" : record.testing ? "; t=y" : "; t=s";
    }
    return text + "; p=" + base::base64_encode(record.public_key);
}

} // namespace dkim
