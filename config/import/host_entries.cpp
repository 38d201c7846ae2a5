#include "config/import/host_entries.h"

#include "base/ascii.h"
#include "base/host_list.h"
#include "config/number_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

HostEntry left_out(std::string why) {
    return {"", std::move(why), false, false};
}

HostEntry lost(std::string why) {
    return {"", std::move(why), false, true};
}

// `*` stands for any text.
bool matches_stars(std::string_view pattern, std::string_view text) {
    const auto parts = base::split(pattern, '*');
    if (parts.size() == 1) {
        return base::iequals(pattern, text);
    }
    const std::string lower = base::to_lower(text);
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string part = base::to_lower(parts[i]);
        const bool is_last = i + 1 == parts.size();
        const auto found =
            is_last && lower.size() >= at + part.size() ? lower.size() - part.size() : lower.find(part, at);
        if (found == std::string::npos || (i == 0 && found != 0) ||
            lower.substr(found, part.size()) != part) {
            return false;
        }
        at = found + part.size();
    }
    return true;
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
        return is_name(text) ? HostEntry{std::string(sign) + host->print(), "", false, false}
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
    return {std::string(sign) + host->print(), "", holds_strangers(text), false};
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

std::optional<unsigned> prefix_of_mask(std::string_view mask) {
    for (unsigned length = 0; length <= 32; ++length) {
        const std::uint64_t bits = length == 0 ? 0 : (0xFFFFFFFFULL << (32 - length)) & 0xFFFFFFFFULL;
        if (mask ==
            fmt::format("{}.{}.{}.{}", bits >> 24, (bits >> 16) & 255, (bits >> 8) & 255, bits & 255)) {
            return length;
        }
    }
    return std::nullopt;
}

bool excepts(std::string_view row, std::string_view entry) {
    return row.find('*') != std::string_view::npos && matches_stars(row, "!" + std::string(entry));
}

HostEntry read_host(std::string_view text, bool patterns) {
    const std::string_view sign = text.starts_with('!') ? "!" : "";
    const std::string_view bare = text.substr(sign.size());
    if (patterns && is_expression(bare)) {
        return lost("a regular expression cannot be said here; write addresses, blocks and names");
    }
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
    if (sign.empty() && bare.starts_with('*')) { // excepts("*...", anything that it names)
        return left_out(
            bare.starts_with("*.") && is_name(bare.substr(2))
                ? fmt::format("OpenDKIM takes a row that begins with * for an exception, so that it matched "
                              "nobody; write {} if that was meant",
                              bare.substr(1))
                : "OpenDKIM takes a row that begins with * for an exception, so that it matched nobody");
    }
    if (bare == "*") {
        return {"!0.0.0.0/0", "", false, false};
    }
    if (const std::string block = block_of_pattern(bare); !block.empty()) {
        return {std::string(sign) + block, "", sign.empty() && holds_strangers(block), false};
    }
    if (bare.starts_with("*.") && is_name(bare.substr(2))) { // an exception
        return read_host(std::string(sign) + std::string(bare.substr(1)), false);
    }
    return lost("such a pattern cannot be said here; write blocks, or .example.org for names");
}

} // namespace config::import
