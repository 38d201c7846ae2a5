#include "keys/published_record.h"

#include "base/base64.h"

#include <fmt/format.h>

namespace keys {

namespace {

constexpr std::size_t longest_string = 255;

std::string strings_of(std::string_view value) {
    std::string text;
    for (; !value.empty(); value.remove_prefix(std::min(value.size(), longest_string))) {
        text += fmt::format(" \"{}\"", value.substr(0, longest_string));
    }
    return text;
}

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
    return fmt::format("{}. IN TXT ({} )", name, strings_of(value));
}

std::string opendkim_record(const KeyNames& names, const crypto::SigningKey& key, bool complete) {
    constexpr std::size_t piece = 250; // of the key; the first one has p= before it
    std::string text =
        fmt::format("{}._domainkey{}{}\tIN\tTXT\t( \"v=DKIM1; h=sha256; k={}; \"", names.selector,
                    complete ? "." : "", complete ? fmt::format("{}.", names.domain) : "", print(key.type()));
    const auto whole = base::base64_encode(key.public_record_bytes());
    const char* tag = "p=";
    for (std::string_view rest = whole; !rest.empty(); rest.remove_prefix(std::min(rest.size(), piece))) {
        text += fmt::format("\n\t  \"{}{}\"", tag, rest.substr(0, piece));
        tag = "";
    }
    return text + fmt::format(" )  ; ----- DKIM key {} for {}", names.selector, names.domain);
}

// Deleted first: a second record beside an old one would make both useless (RFC 6376 3.6.2.2).
std::string update_script(std::string_view name, std::string_view value, unsigned ttl) {
    return fmt::format("update delete {}. TXT\nupdate add {}. {} IN TXT{}\nsend", name, name, ttl,
                       strings_of(value));
}

std::string record_text(std::string_view name, std::string_view value) {
    return fmt::format("{}\n; In a web form, without quotation marks:\n; {}\n; {}\n", zone_line(name, value),
                       name, value);
}

} // namespace keys
