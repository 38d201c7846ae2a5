#include "message/fragile.h"

#include "base/ascii.h"
#include "message/address_text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace message {

namespace {

struct Entry {
    std::string_view name;
    std::string_view words;
    std::string_view remedy;
};

constexpr std::string_view encode_body =
    "have the program that writes it encode the text as quoted-printable or base64";

constexpr std::array<Entry, fragility_count> entries{
    {{"long-body-line", "a line of the body is longer than 998 octets", encode_body},
     {"long-header-line", "a line of the header is longer than 998 octets",
      "have the program that writes it fold the header"},
     {"eight-bit-body", "8-bit text in the body, which is recoded for a server without 8BITMIME",
      encode_body},
     {"eight-bit-header", "8-bit text in the header, which needs SMTPUTF8 all the way",
      "have the program that writes it use encoded words (RFC 2047)"},
     {"stray-line-break", "a lone CR or LF in the body", encode_body},
     {"nul", "an octet of value 0", encode_body},
     {"incomplete-address", "an address without a domain, to which servers add one",
      "have the program that writes it name the domain"},
     {"address-layout", "addresses that Sendmail writes in another way",
      "have the program that writes it put one blank behind each comma and none elsewhere, and a name with a "
      "dot "
      "in quotes"},
     {"missing-field", "Date or Message-ID is missing, and the signature says so, but servers add them",
      "take date and message-id out of signing.oversigned_fields"}}};

const Entry& entry(Fragility kind) {
    return entries.at(static_cast<std::size_t>(kind));
}

// Eight octets at a time: the whole header passes through here.
bool has_eight_bit(std::string_view text) {
    std::uint64_t seen = 0;
    for (; text.size() >= sizeof seen; text.remove_prefix(sizeof seen)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        seen |= word;
    }
    return (seen & 0x8080808080808080) != 0 || !base::all_ascii(text);
}

bool has_long_line(std::string_view field) {
    if (field.size() <= longest_line) {
        return false;
    }
    const auto lines = base::split(field, '\n');
    return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        return line.size() - (line.ends_with('\r') ? 1 : 0) > longest_line;
    });
}

bool holds_addresses(const HeaderField& field) {
    constexpr std::array<std::string_view, 9> names{
        "To", "Cc", "Reply-To", "Sender", "From", "Resent-From", "Resent-To", "Resent-Cc", "Resent-Sender"};
    const auto own = field.name();
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return name.size() == own.size() && base::iequals(name, own);
    });
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& one) { return base::iequals(one, name); });
}

bool lacks_sworn(const HeaderList& headers, const CoveredFields& covered) {
    constexpr std::array<std::string_view, 2> added{"Date", "Message-ID"};
    return std::any_of(added.begin(), added.end(), [&](std::string_view name) {
        return headers.count(name) == 0 && holds(covered.also_absent, name);
    });
}

// Of what is not covered nobody minds.
bool is_covered(const HeaderField& field, const CoveredFields& covered) {
    return field.is_named("From") || holds(covered.also_absent, field.name()) ||
           holds(covered.where_present, field.name());
}

struct HeaderTraits {
    bool long_line = false;
    bool eight_bit = false;
    AddressText addresses;
};

// One look at each field: most have nothing, and need not be looked for in the lists.
HeaderTraits look_at(const HeaderList& headers, const CoveredFields& covered) {
    HeaderTraits found;
    for (const HeaderField& field : headers) {
        const bool long_line = has_long_line(field.text());
        const bool eight_bit = has_eight_bit(field.text());
        const auto addresses = holds_addresses(field) ? read_address_text(field.body()) : AddressText();
        if ((long_line || eight_bit || addresses.is_incomplete || addresses.is_relaid) &&
            is_covered(field, covered)) {
            found.long_line |= long_line;
            found.eight_bit |= eight_bit;
            found.addresses.is_incomplete |= addresses.is_incomplete;
            found.addresses.is_relaid |= addresses.is_relaid;
        }
    }
    return found;
}

} // namespace

std::string_view print(Fragility kind) {
    return static_cast<std::size_t>(kind) < entries.size() ? entry(kind).name : "?";
}

std::string_view in_words(Fragility kind) {
    return entry(kind).words;
}

std::string_view remedy(Fragility kind) {
    return entry(kind).remedy;
}

std::string in_words(const std::vector<Fragility>& kinds) {
    std::string words;
    std::string remedies;
    for (const auto kind : kinds) {
        words.append(words.empty() ? "" : "; ").append(in_words(kind));
        if (remedies.find(remedy(kind)) == std::string::npos) {
            remedies.append(remedies.empty() ? "" : "; ").append(remedy(kind));
        }
    }
    return words + " (" + remedies + ")";
}

std::vector<Fragility> find_fragile(const HeaderList& headers, const BodyTraits& body,
                                    const CoveredFields& covered, bool by_sendmail) {
    const HeaderTraits header = look_at(headers, covered);
    std::vector<Fragility> found;
    const auto add = [&found](Fragility kind, bool is_there) {
        if (is_there) {
            found.push_back(kind);
        }
    };
    add(Fragility::long_body_line, body.long_line);
    add(Fragility::long_header_line, header.long_line);
    add(Fragility::eight_bit_body, body.eight_bit);
    add(Fragility::eight_bit_header, header.eight_bit);
    add(Fragility::stray_line_break, body.stray_line_break);
    add(Fragility::nul, body.nul);
    add(Fragility::incomplete_address, header.addresses.is_incomplete);
    add(Fragility::address_layout, by_sendmail && header.addresses.is_relaid);
    add(Fragility::missing_field, lacks_sworn(headers, covered));
    return found;
}

} // namespace message
