#include "fuzz/signed_message.h"

#include "base/ascii.h"
#include "dkim/sign.h"

#include <algorithm>

namespace fuzz {

namespace {

constexpr std::size_t most_signatures = 3;
constexpr std::int64_t lifetime = 86400;

// The same header with a field on top.
message::HeaderList with_field(const message::HeaderList& headers, std::string_view name,
                               std::string_view body) {
    message::HeaderList list;
    list.add(message::HeaderField(name, body));
    for (const auto& field : headers) {
        list.add(field);
    }
    return list;
}

void sign(SignedMessage& message, const std::string& how) {
    const auto words = base::split(how, ' ');
    if (words.size() < 3) {
        return;
    }
    dkim::SignOptions options;
    options.selector = words[1];
    options.domain = words[2];
    options.lifetime = lifetime;
    if (words.size() > 3) {
        options.header_canonicalization = dkim::Canonicalization::simple;
        options.body_canonicalization = dkim::Canonicalization::simple;
    }
    dkim::BodyHashes bodies;
    const auto body = bodies.request(options.body_canonicalization, std::nullopt);
    bodies.update(message.body);
    bodies.finish();
    const auto field =
        dkim::sign(options, test_key(words[0]), message.headers, bodies.digest(body), reception - 60);
    if (field) {
        message.headers = with_field(message.headers, "DKIM-Signature", *field);
    }
}

} // namespace

std::optional<SignedMessage> signed_message(const World& world) {
    auto parsed = message::parse_message(world.rest());
    if (!parsed) {
        return std::nullopt;
    }
    SignedMessage message{std::move(parsed->headers), std::move(parsed->body)};
    auto orders = world.facts("sign");
    orders.resize(std::min(orders.size(), most_signatures));
    for (const auto& how : orders) {
        sign(message, how);
    }
    return message;
}

Hashed hash(const SignedMessage& message, std::size_t piece) {
    Hashed result;
    result.signatures = dkim::find_signatures(message.headers, {}, result.bodies);
    for (std::string_view rest = message.body; !rest.empty();) {
        const auto bytes = rest.substr(0, piece);
        result.bodies.update(bytes);
        rest.remove_prefix(bytes.size());
    }
    result.bodies.finish();
    return result;
}

} // namespace fuzz
