#include "config/import/host_entries.h"

#include "base/ascii.h"
#include "base/host_list.h"
#include "config/number_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

HostEntry left_out(std::string why) {
    return {"", std::move(why), false};
}

// "10.0.0.*" and "10.*" as blocks; empty: it is none of these.
std::string block_of_pattern(std::string_view text) {
    constexpr std::size_t octets = 4;
    const auto parts = base::split(text, '.');
    if (parts.size() < 2 || parts.size() > octets || parts.back() != "*") {
        return {};
    }
    std::string block;
    for (std::size_t i = 0; i < octets; ++i) {
        const auto number = i + 1 < parts.size() ? parse_decimal(parts[i]) : std::optional<std::uint64_t>(0);
        if (!number || *number > 255) {
            return {};
        }
        block += fmt::format("{}{}", i == 0 ? "" : ".", *number);
    }
    return fmt::format("{}/{}", block, 8 * (parts.size() - 1));
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_alnum(c) || c == '.' || c == '-' || c == '_';
    });
}

// The text that the daemons make of an address or block when they look for it. Another spelling of the same
// is never found.
bool is_in_their_form(std::string_view text, const base::HostPattern& host) {
    std::string printed = host.network()->print();
    const bool single = text.find('/') == std::string_view::npos;
    if (single) {
        printed = printed.substr(0, printed.find('/'));
    } else if (printed.find('/') == std::string::npos) {
        printed += printed.find(':') == std::string::npos ? "/32" : "/128";
    }
    if (text.starts_with('[')) {
        std::string bare(text.substr(1));
        std::erase(bare, ']');
        return base::iequals(bare, printed);
    }
    return base::iequals(text, printed);
}

HostEntry read_plain(std::string_view text, std::string_view sign) {
    const auto host = base::HostPattern::parse(text);
    const bool looks_like_address =
        text.find(':') != std::string_view::npos || text.find('/') != std::string_view::npos ||
        std::all_of(text.begin(), text.end(), [](char c) { return base::is_digit(c) || c == '.'; });
    if (!host) {
        return left_out(looks_like_address ? "it is no address and no block" : "it is no name of a host");
    }
    if (!host->network()) {
        return is_name(text) ? HostEntry{std::string(sign) + host->print(), "", false}
                             : left_out("it is no name of a host");
    }
    if (base::IpNetwork::has_host_bits(text)) {
        return left_out(fmt::format("a block with host bits matched nobody; write {} if that was meant",
                                    host->network()->print()));
    }
    if (!is_in_their_form(text, *host)) {
        return left_out(fmt::format("written this way it matched nobody; write {} if that was meant",
                                    host->network()->print()));
    }
    return {std::string(sign) + host->print(), "", holds_strangers(text)};
}

} // namespace

bool holds_strangers(std::string_view text) {
    constexpr unsigned widest_v4 = 8, widest_v6 = 16;
    if (text == "*" || text.rfind('.') == 0) { // all names below a top-level domain have many owners
        return true;
    }
    const auto block = base::IpNetwork::parse(text);
    if (!block || text.find('/') == std::string_view::npos) {
        return false;
    }
    const std::string printed = block->print();
    const bool is_v6 = printed.find(':') != std::string::npos;
    const bool is_local =
        printed.starts_with("fc") || printed.starts_with("fd") || printed.starts_with("fe8");
    return block->length() < (is_v6 ? widest_v6 : widest_v4) && !is_local;
}

HostEntry read_host(std::string_view text, bool patterns) {
    const std::string_view sign = text.starts_with('!') ? "!" : "";
    const std::string_view bare = text.substr(sign.size());
    if (bare.find('*') == std::string_view::npos) {
        HostEntry entry = read_plain(bare, sign);
        entry.strangers = sign.empty() && !entry.text.empty() && holds_strangers(bare);
        return entry;
    }
    if (!patterns) {
        return left_out(
            bare.starts_with("*.")
                ? fmt::format("* is no wildcard in such a list, so that it matched nobody; write {} "
                              "if that was meant",
                              bare.substr(1))
                : "* is no wildcard in such a list, so that it matched nobody");
    }
    if (bare == "*" || bare == "*.*" || bare == "*.*.*.*") {
        return {std::string(sign) + "0.0.0.0/0", "", sign.empty()};
    }
    if (const std::string block = block_of_pattern(bare); !block.empty()) {
        return {std::string(sign) + block, "", sign.empty() && holds_strangers(block)};
    }
    if (bare.starts_with("*.") && is_name(bare.substr(2))) {
        return read_host(std::string(sign) + std::string(bare.substr(1)), false);
    }
    return left_out("such a pattern cannot be said here; write blocks, or .example.org for names");
}

} // namespace config::import
