#include "milter/tool/key_comparison.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"
#include "dkim/key_record.h"
#include "milter/tool/record_damage.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool {

namespace {

using Kind = KeyFinding::Kind;
using Findings = std::vector<KeyFinding>;

bool publishes(const dkim::KeyRecord& record, const crypto::SigningKey& key) {
    const auto digest = crypto::sha256("any text");
    const auto published = key.type() == crypto::KeyType::rsa ? crypto::PublicKey::rsa(record.public_key)
                                                              : crypto::PublicKey::ed25519(record.public_key);
    const auto signature = key.sign(digest);
    return published && signature && published->verify(digest, *signature);
}

std::string whole_key(const crypto::SigningKey& key) {
    return base::base64_encode(key.public_record_bytes());
}

std::string unreadable(std::string_view text, std::string_view reason, std::string_view damage) {
    constexpr std::size_t shown = 120;
    return fmt::format("the record is no key record ({}): {}{}{}", reason, base::printable(text, shown),
                       damage.empty() ? "" : "; ", damage);
}

bool names_subdomain(const NamedKey& name) {
    const auto at = name.identity.rfind('@');
    return at != std::string::npos &&
           !base::iequals(std::string_view(name.identity).substr(at + 1), name.domain);
}

void compare_keys(const dkim::KeyRecord& record, std::string_view text, const crypto::SigningKey& key,
                  Findings& found) {
    if (record.public_key.empty()) {
        found.push_back({Kind::wrong, "the key is revoked: p= is empty"});
    } else if (record.type != key.type()) {
        found.push_back(
            {Kind::wrong, fmt::format("k= says {}, the private key is {}: the record is another key's, "
                                      "or its k= has to be k={}",
                                      record.type ? print(*record.type) : "an unknown type",
                                      print(key.type()), print(key.type()))});
    } else if (!publishes(record, key)) {
        const auto damage = record_damage(text, whole_key(key));
        found.push_back({Kind::wrong, !damage.empty() ? damage
                                                      : "another key is published: p= does not belong to "
                                                        "this private key"});
    }
}

void compare_limits(const dkim::KeyRecord& record, const NamedKey& name, Findings& found) {
    if (!record.allows_sha256) {
        found.push_back({Kind::wrong, "h= does not list sha256, which every signature uses; leave h= out"});
    }
    if (!record.for_email) {
        found.push_back({Kind::wrong, "s= lists neither email nor *: the key is not for mail; leave s= out"});
    }
    if (record.exact_domain && names_subdomain(name)) {
        found.push_back(
            {Kind::wrong, fmt::format("t=s allows no i= below {}, and the identity is {}; remove the s "
                                      "from t=",
                                      name.domain, base::printable(name.identity))});
    } else if (record.exact_domain && name.subdomains) {
        found.push_back({Kind::note,
                         "t=s, and the key also signs for subdomains: this works as long as no i= names "
                         "one of them"});
    }
    if (record.testing) {
        found.push_back({Kind::note,
                         "t=y: the domain is testing, and verifiers may treat its mail as unsigned; remove "
                         "the y from t= when the tests are done"});
    }
}

// RFC 6376 C.1: the first edition of DKIM had g=. A verifier that still reads it refuses mail whose i= has
// another local part, and all mail where it is empty.
void note_granularity(std::string_view text, Findings& found) {
    for (const std::string_view tag : base::split(text, ';')) {
        const auto start = tag.find_first_not_of(" \t");
        const auto body = start == std::string_view::npos ? std::string_view() : tag.substr(start);
        if (body.starts_with("g=") && body != "g=*") {
            found.push_back(
                {Kind::note, "g= is obsolete, and old verifiers may refuse mail over it; leave it out"});
        }
    }
}

// More records at one name are not looked at: comparing costs a signature each.
constexpr std::ptrdiff_t max_compared = 16;

// RFC 6376 3.6.2.2: with several records the result is undefined. The one that fits is compared, if there is
// one.
const std::string& most_fitting(const std::vector<std::string>& texts, const crypto::SigningKey& key) {
    const auto end = texts.begin() + std::min(std::ssize(texts), max_compared);
    const auto fits = std::find_if(texts.begin(), end, [&](const std::string& text) {
        const auto record = dkim::parse_key_record(text);
        return record && record->type == key.type() && publishes(*record, key);
    });
    const auto readable = std::find_if(
        texts.begin(), end, [](const std::string& text) { return dkim::parse_key_record(text).has_value(); });
    return fits != end ? *fits : readable != end ? *readable : texts.front();
}

void compare_record(const NamedKey& name, const crypto::SigningKey& key,
                    const std::vector<std::string>& texts, Findings& found) {
    if (texts.size() > 1) {
        found.push_back({Kind::wrong, fmt::format("there are {} TXT records at this name, and a verifier may "
                                                  "use any of them; keep only one",
                                                  texts.size())});
        if (const auto pieces = pieces_of(texts, whole_key(key)); !pieces.empty()) {
            found.push_back({Kind::wrong, pieces});
            return;
        }
    }
    const std::string& text = most_fitting(texts, key);
    const auto record = dkim::parse_key_record(text);
    if (!record) {
        const auto damage = record_damage(text, whole_key(key));
        const bool is_key = !raw_key(text).empty() && damage.starts_with("p=");
        found.push_back({Kind::wrong, is_key ? damage : unreadable(text, record.error().message, damage)});
        return;
    }
    compare_keys(*record, text, key, found);
    compare_limits(*record, name, found);
    note_granularity(text, found);
}

std::string absence(const dns::Answer& answer, const std::string& alias) {
    if (!alias.empty()) {
        return fmt::format("there is no record: the name is an alias (CNAME) of {}, which has none ({})",
                           base::printable(alias), print(answer.status));
    }
    if (answer.aliased) {
        return fmt::format("there is no record: the name is an alias (CNAME) of one that has none ({})",
                           print(answer.status));
    }
    return fmt::format("there is no record ({})", print(answer.status));
}

void note_state(const NamedKey& name, Findings& found) {
    switch (name.state) {
    case config::KeyState::active:
        return;
    case config::KeyState::pending:
        found.push_back({Kind::note, "pending: the daemon does not sign with it yet; once the record is "
                                     "good, its state can be active"});
        return;
    case config::KeyState::retiring:
        found.push_back({Kind::note, "retiring: the daemon does not sign with it any more, and mail on its "
                                     "way still needs the record; withdraw it when its state is retired"});
        return;
    case config::KeyState::retired:
        found.push_back({Kind::note, "retired: the daemon does not sign with it, and its record is to be "
                                     "withdrawn"});
        return;
    }
}

} // namespace

std::vector<KeyFinding> compare_key(const NamedKey& name, const crypto::SigningKey& key,
                                    const dns::Answer& answer, const std::string& alias) {
    constexpr std::size_t recommended_bits = 2048;
    Findings found;
    switch (answer.status) {
    case dns::Status::failed:
        return {{Kind::open, fmt::format("the DNS gave no answer: {}", print(answer.failure))}};
    case dns::Status::no_data:
    case dns::Status::no_name:
        found.push_back({Kind::wrong, absence(answer, alias)});
        break;
    case dns::Status::found:
        compare_record(name, key, answer.texts, found);
        if (answer.aliased) {
            found.push_back(
                {Kind::note, fmt::format("the name is an alias (CNAME){}{}: whoever controls that name "
                                         "decides which key is published",
                                         alias.empty() ? "" : " of ", base::printable(alias))});
        }
        break;
    }
    if (key.type() == crypto::KeyType::rsa && key.bits() < recommended_bits) {
        found.push_back({Kind::note, fmt::format("an RSA key of {} bits is short: some verifiers want {}",
                                                 key.bits(), recommended_bits)});
    }
    note_state(name, found);
    return found;
}

} // namespace milter::tool
