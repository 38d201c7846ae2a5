#include "message/received_client.h"

#include "base/ascii.h"
#include "message/received_text.h"

#include <algorithm>

namespace message {

namespace {

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), base::is_digit);
}

// "[192.0.2.1]", "[192.0.2.1]:4711"; the address as text.
std::optional<std::string_view> literal_text(std::string_view word) {
    const auto close = word.find(']');
    if (!word.starts_with('[') || close == std::string_view::npos) {
        return std::nullopt;
    }
    const auto behind = word.substr(close + 1);
    const bool port = behind.starts_with(':') && is_number(behind.substr(1));
    return behind.empty() || port ? std::optional(word.substr(1, close - 1)) : std::nullopt;
}

std::optional<base::IpAddress> read_literal(std::string_view word) {
    const auto text = literal_text(word);
    return text ? read_client_address(*text) : std::nullopt;
}

// A remark of the program's own at the end of a group, in parentheses: "(may be forged)", "(AS64500 Name)".
// What is in it was chosen by others, and is not looked at.
std::string_view without_remark(std::string_view group) {
    const auto open = group.find('(');
    return open == std::string_view::npos || !group.ends_with(')') ? group : group.substr(0, open);
}

std::string_view value_of(std::string_view word, std::string_view name) {
    return word.substr(name.size());
}

} // namespace

std::optional<base::IpAddress> read_client_address(std::string_view text) {
    const auto zone = text.find('%');
    if (zone != std::string_view::npos && text.find(':') == std::string_view::npos) {
        return std::nullopt;
    }
    return base::IpAddress::parse(text.substr(0, zone));
}

bool may_hold_address(std::string_view text) {
    return text.find('[') != std::string_view::npos || text.find(']') != std::string_view::npos ||
           read_qmail_address(text).has_value();
}

std::optional<ReceivedClient> read_named_literal(std::string_view group) {
    const auto words = blank_separated(without_remark(group));
    if (words.empty() || words.size() > 2) {
        return std::nullopt;
    }
    const bool named = words.size() == 2;
    if (named && words.front().find_first_of("[]()") != std::string_view::npos) {
        return std::nullopt;
    }
    const auto text = literal_text(words.back());
    if (!text) {
        return std::nullopt;
    }
    ReceivedClient client{read_client_address(*text), std::nullopt};
    const bool known = client.address || base::iequals(*text, "unknown");
    return known ? std::optional(client) : std::nullopt;
}

std::optional<ReceivedClient> read_bare_address(std::string_view group) {
    const auto words = blank_separated(group);
    if (words.size() != 1) {
        return std::nullopt;
    }
    const auto address =
        words.front().starts_with('[') ? read_literal(words.front()) : read_client_address(words.front());
    return address ? std::optional(ReceivedClient{address, std::nullopt}) : std::nullopt;
}

std::optional<ReceivedClient> read_qmail_address(std::string_view group) {
    const auto words = blank_separated(group);
    if (words.size() != 1) {
        return std::nullopt;
    }
    const auto at = words.front().rfind('@');
    const auto address =
        read_client_address(at == std::string_view::npos ? words.front() : words.front().substr(at + 1));
    return address ? std::optional(ReceivedClient{address, std::nullopt}) : std::nullopt;
}

std::optional<ReceivedClient> read_exim_items(std::string_view group, bool has_address) {
    constexpr std::string_view port = "port=", helo = "helo=", ident = "ident=";
    ReceivedClient client;
    bool first = true, known = has_address;
    for (const auto word : blank_separated(group)) {
        if (first && !has_address) {
            client.address = read_literal(word);
            known = client.address.has_value();
        } else if (word.starts_with(helo) && !client.helo) {
            client.helo = std::string(value_of(word, helo));
        } else if (!(word.starts_with(port) && is_number(value_of(word, port))) && !word.starts_with(ident)) {
            return std::nullopt;
        }
        first = false;
    }
    return known && !first ? std::optional(client) : std::nullopt;
}

std::optional<ReceivedClient> read_qsmtp_group(std::string_view group) {
    const auto words = blank_separated(group);
    if (words.size() != 1 && !(words.size() == 3 && words[1] == "HELO")) {
        return std::nullopt;
    }
    ReceivedClient client{read_literal(words.front()), std::nullopt};
    if (words.size() == 3) {
        client.helo = std::string(words[2]);
    }
    return client.address ? std::optional(client) : std::nullopt;
}

std::optional<ReceivedClient> read_zmailer_group(std::string_view group) {
    const auto words = blank_separated(group);
    const bool quoted = words.size() >= 3 && (words[1] == "\"HELO" || words[1] == "\"EHLO") &&
                        words[2].size() > 1 && words[2].ends_with('"');
    if (!quoted || std::count(group.begin(), group.end(), '[') != 1) {
        return std::nullopt;
    }
    ReceivedClient client{read_literal(words.front()), std::string(words[2].substr(0, words[2].size() - 1))};
    return client.address ? std::optional(client) : std::nullopt;
}

} // namespace message
