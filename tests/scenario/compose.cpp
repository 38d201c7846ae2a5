#include "compose.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "dkim/body_hash.h"
#include "dkim/header_hash.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace scenario {

namespace {

using Text = base::Result<std::string, std::string>;

// The value of a tag without the FWS around it. A signer of ours would know its tags; a forger's text need
// not even be a tag list.
std::string tag(std::string_view tags, std::string_view name) {
    for (const std::string_view one : base::split(tags, ';')) {
        const auto equals = one.find('=');
        if (equals != std::string_view::npos && base::trim_fws(one.substr(0, equals)) == name) {
            return std::string(base::trim_fws(one.substr(equals + 1)));
        }
    }
    return {};
}

dkim::Canonicalization canonicalization(std::string_view word) {
    return word == "simple" ? dkim::Canonicalization::simple : dkim::Canonicalization::relaxed;
}

void replace_first(std::string& text, std::string_view from, std::string_view to) {
    if (const auto at = text.find(from); at != std::string::npos) {
        text.replace(at, from.size(), to);
    }
}

std::string body_hash(const std::string& tags, const std::string& body) {
    std::optional<std::uint64_t> length;
    if (const std::string l = tag(tags, "l"); !l.empty()) {
        length.emplace();
        std::from_chars(l.data(), l.data() + l.size(), *length);
    }
    const std::string c = tag(tags, "c");
    const auto slash = c.find('/');
    dkim::BodyHashes bodies;
    const auto handle = bodies.request(
        canonicalization(slash == std::string::npos ? "simple" : std::string_view(c).substr(slash + 1)),
        length);
    bodies.update(body);
    bodies.finish();
    const auto& digest = bodies.digest(handle);
    return base::base64_encode(std::string(digest.begin(), digest.end()));
}

std::vector<std::string> signed_fields(const std::string& tags) {
    std::vector<std::string> names;
    const std::string h = tag(tags, "h");
    for (const std::string_view name : base::split(h, ':')) {
        names.push_back(base::to_lower(base::trim_fws(name)));
    }
    return names;
}

// Unlike dkim::sign this signs whatever the tags say, as an attacker would.
Text sign(const std::string& text, const Sign& step, const TestKeys& keys) {
    const crypto::SigningKey* key = keys.find(step.key);
    const auto message = message::parse_message(text);
    if (key == nullptr || !message) {
        return base::refuse(fmt::format("cannot sign with key '{}'", step.key));
    }
    std::string tags = step.tags;
    replace_first(tags, "bh=@", "bh=" + body_hash(tags, message->body));
    std::string empty = tags;
    replace_first(empty, "b=@", "b=");
    const auto c = tag(tags, "c");
    const auto digest =
        dkim::header_hash(canonicalization(c.substr(0, c.find('/'))), message->headers, signed_fields(tags),
                          message->headers.size(), message::HeaderField("DKIM-Signature", empty));
    replace_first(tags, "b=@", "b=" + base::base64_encode(key->sign(digest).value()));
    return "DKIM-Signature:" + tags + "\r\n" + text;
}

struct Apply {
    const std::string& text;
    const TestKeys& keys;

    Text operator()(const Sign& step) const { return sign(text, step, keys); }
    Text operator()(const Prepend& step) const { return step.field + "\r\n" + text; }
    Text operator()(const Append& step) const { return text + step.line + "\r\n"; }
    Text operator()(const Replace& step) const {
        if (text.find(step.from) == std::string::npos) {
            return base::refuse(fmt::format("'{}' to be replaced does not occur", step.from));
        }
        std::string changed = text;
        replace_first(changed, step.from, step.to);
        return changed;
    }
};

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    }
    return out;
}

} // namespace

base::Result<message::Message, std::string> compose(const Scenario& scenario, const TestKeys& keys) {
    std::string text = with_crlf(scenario.message);
    for (const Step& step : scenario.steps) {
        auto changed = std::visit(Apply{text, keys}, step);
        if (!changed) {
            return base::refuse(changed.error());
        }
        text = std::move(*changed);
    }
    auto message = message::parse_message(text);
    if (!message) {
        return base::refuse(message.error().message);
    }
    return std::move(*message);
}

} // namespace scenario
