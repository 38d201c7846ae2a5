#include "report/report_uri.h"

#include "base/ascii.h"
#include "base/percent.h"
#include "dmarc/report_uri.h"
#include "message/mailbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace report {

namespace {

constexpr std::size_t max_local_octets = 64;    // RFC 5321 4.5.3.1.1
constexpr std::size_t max_address_octets = 254; // RFC 5321 4.5.3.1.3, without brackets

// RFC 5322 3.2.3: atext
bool is_atext(char c) {
    constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
    return base::is_alnum(c) || others.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
    const auto atoms = base::split(text, '.');
    return std::all_of(atoms.begin(), atoms.end(), [](std::string_view atom) {
        return !atom.empty() && std::all_of(atom.begin(), atom.end(), is_atext);
    });
}

// RFC 5321 4.1.2: Quoted-string, with what stands in it.
std::optional<std::string> unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return std::nullopt;
    }
    text = text.substr(1, text.size() - 2);
    std::string value;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return std::nullopt;
        }
        if (at == text.size() || !base::is_printable(text[at])) {
            return std::nullopt;
        }
        value += text[at];
    }
    return value.empty() ? std::nullopt : std::optional(value);
}

std::optional<std::string> local_part(std::string_view text) {
    if (text.empty() || text.size() > max_local_octets) {
        return std::nullopt;
    }
    return is_dot_atom(text) ? std::optional<std::string>(text) : unquoted(text);
}

// Names that mean this host, one near it or none at all: RFC 6761, RFC 6762 with its appendix G, RFC 7686,
// RFC 9476, what is set aside for private use, and the names behind addresses. Those for examples and tests
// (RFC 2606) stand for domains of the Internet.
constexpr std::array<std::string_view, 13> not_public = {
    "localhost", "localdomain", "local",   "internal", "intranet", "private", "corp",
    "home",      "lan",         "invalid", "onion",    "alt",      "arpa"};

// A host's name whose last label is a number is read as an address, in any of C's notations.
bool is_number(std::string_view label) {
    return base::is_digit(label.front()) &&
           (std::all_of(label.begin(), label.end(), base::is_digit) || label.substr(0, 2) == "0x");
}

bool is_public(const base::DomainName& domain) {
    const std::string name = domain.text();
    const std::string top = domain.suffix(1).text();
    const bool is_service = name.front() == '_' || name.find("._") != std::string::npos;
    return domain.label_count() > 1 && !is_service && !is_number(top) &&
           std::find(not_public.begin(), not_public.end(), top) == not_public.end();
}

base::Result<Address> refused(std::string_view text, const char* why) {
    return base::refuse(fmt::format("\"{}\": {}", base::printable(text, 100), why), 0);
}

void add(Destinations& destinations, Address address, std::size_t limit) {
    auto& known = destinations.addresses;
    if (std::find(known.begin(), known.end(), address) != known.end()) {
        return;
    }
    if (known.size() < limit) {
        known.push_back(std::move(address));
    } else {
        ++destinations.too_many;
    }
}

} // namespace

std::string print(const Address& address) {
    return message::print(message::Mailbox{address.local_part, address.domain.text()});
}

base::Result<Address> read_address(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) {
        return refused(text, "no @");
    }
    auto local = local_part(text.substr(0, at));
    if (!local) {
        return refused(text, "not one address of printable ASCII");
    }
    auto domain = base::DomainName::parse_international(text.substr(at + 1));
    if (!domain) {
        return refused(text, "no domain name behind the @");
    }
    if (!is_public(*domain)) {
        return refused(text, "no name of a domain of the Internet");
    }
    Address address{*std::move(local), *std::move(domain)};
    if (print(address).size() > max_address_octets) {
        return refused(text, "longer than an address may be");
    }
    return address;
}

base::Result<Address> read_report_uri(std::string_view text) {
    const auto uri = dmarc::parse_report_uri(text);
    if (!uri) {
        return refused(text, "not a usable URI");
    }
    if (!uri->mailto) {
        return refused(text, "only mailto: is supported");
    }
    std::string_view rest = std::string_view(uri->uri).substr(std::string_view("mailto:").size());
    rest = rest.substr(0, rest.find('?'));
    if (rest.starts_with("//") || rest.find('#') != std::string_view::npos) {
        return refused(text, "not a mailto: URI of one address");
    }
    const auto decoded = base::percent_decode(rest);
    if (!decoded) {
        return refused(text, "an escape is not complete");
    }
    return read_address(*decoded);
}

Destinations read_report_uris(const std::vector<std::string>& uris, std::size_t limit) {
    Destinations destinations;
    for (const std::string& uri : uris) {
        if (auto address = read_report_uri(uri)) {
            add(destinations, *std::move(address), limit);
        } else {
            destinations.ignored.push_back(address.error().message);
        }
    }
    return destinations;
}

} // namespace report
