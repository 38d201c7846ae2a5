#include "keys/key_material.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "crypto/public_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace keys {

namespace {

constexpr std::string_view pem_begin = "-----BEGIN ";
constexpr std::string_view pem_dashes = "-----";
// The labels that DER of unknown kind may have meant: PKCS#8 and PKCS#1.
constexpr std::array<std::string_view, 2> labels{"PRIVATE KEY", "RSA PRIVATE KEY"};

// RFC 7468 2: lines of 64 characters.
std::string pem_of(std::string_view label, std::string_view base64) {
    std::string pem = fmt::format("-----BEGIN {}-----\n", label);
    for (; !base64.empty(); base64.remove_prefix(std::min<std::size_t>(base64.size(), 64))) {
        pem += base64.substr(0, 64);
        pem += '\n';
    }
    return pem + fmt::format("-----END {}-----\n", label);
}

std::string without_blanks(std::string_view text) {
    std::string result;
    std::copy_if(text.begin(), text.end(), std::back_inserter(result),
                 [](char c) { return !base::is_wsp(c); });
    return result;
}

// A table row has room for one line only, so its PEM has blanks, or nothing, where line ends belong.
std::string unfolded_pem(std::string_view text) {
    const auto label_end = text.find(pem_dashes, pem_begin.size());
    const auto body_end = text.rfind("-----END ");
    if (text.find('\n') != std::string_view::npos || label_end == std::string_view::npos ||
        body_end == std::string_view::npos || body_end < label_end + pem_dashes.size()) {
        return std::string(text);
    }
    const auto body_start = label_end + pem_dashes.size();
    return pem_of(text.substr(pem_begin.size(), label_end - pem_begin.size()),
                  without_blanks(text.substr(body_start, body_end - body_start)));
}

base::Result<crypto::SigningKey, std::string> parse_pem(std::string_view pem) {
    auto key = crypto::SigningKey::from_pem(pem);
    if (!key) {
        return base::refuse(key.error().message);
    }
    return std::move(*key);
}

bool is_base64(std::string_view text) {
    return !text.empty() && base::base64_decode(text).has_value();
}

// As the record of a key has it behind p=.
bool is_public_key(std::string_view base64) {
    const auto der = base::base64_decode(base64);
    return der && crypto::PublicKey::rsa(*der).has_value();
}

} // namespace

bool looks_like_key(std::string_view text) {
    return text.starts_with(pem_begin) || is_base64(text);
}

base::Result<crypto::SigningKey, std::string> parse_key(std::string_view text) {
    text = base::trim_fws(text);
    if (!is_base64(text)) {
        return parse_pem(text.starts_with(pem_begin) ? unfolded_pem(text) : std::string(text));
    }
    for (const std::string_view label : labels) {
        if (auto key = parse_pem(pem_of(label, text))) {
            return key;
        }
    }
    return base::refuse(std::string(is_public_key(text)
                                        ? "a public key; signing needs the private key that belongs to it"
                                        : "the private key cannot be read"));
}

} // namespace keys
