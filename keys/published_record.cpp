#include "keys/published_record.h"

#include "base/base64.h"

#include <fmt/format.h>

namespace keys {

namespace {

constexpr std::size_t longest_string = 255;

} // namespace

std::string record_value(const crypto::SigningKey& key) {
    return fmt::format("v=DKIM1; k={}; p={}", print(key.type()),
                       base::base64_encode(key.public_record_bytes()));
}

std::string record_name(std::string_view selector, std::string_view domain) {
    return fmt::format("{}._domainkey.{}", selector, domain);
}

// Nothing in a key record needs a backslash between quotes.
std::string zone_line(std::string_view name, std::string_view value) {
    std::string line = fmt::format("{}. IN TXT (", name);
    for (; !value.empty(); value.remove_prefix(std::min(value.size(), longest_string))) {
        line += fmt::format(" \"{}\"", value.substr(0, longest_string));
    }
    return line + " )";
}

std::string record_text(std::string_view name, std::string_view value) {
    return fmt::format("{}\n; In a web form, without quotation marks:\n; {}\n; {}\n", zone_line(name, value),
                       name, value);
}

} // namespace keys
