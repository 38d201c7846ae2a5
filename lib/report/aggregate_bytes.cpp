#include "report/aggregate.h"
#include "report/stored_bytes.h"
#include "report/text.h"

#include <algorithm>

namespace report {

namespace {

// The first octet: what it is, and in which form.
constexpr std::uint8_t policy_form = 0x11;
constexpr std::uint8_t row_form = 0x21;

constexpr std::size_t max_name_octets = 253;
constexpr std::size_t max_address_octets = 16;

// ---- Enumerations are stored as numbers: a test holds them fast.

template <class Enum>
void write(ByteWriter& bytes, Enum value) {
    bytes.octet(static_cast<std::size_t>(value));
}

template <class Enum>
Enum read(ByteReader& bytes, Enum last) {
    return static_cast<Enum>(bytes.number(static_cast<std::size_t>(last)));
}

bool read_bool(ByteReader& bytes) {
    return bytes.number(1) == 1;
}

std::string read_clean(ByteReader& bytes, std::size_t limit) {
    const std::string_view text = bytes.text(limit);
    if (!is_clean(text, limit)) {
        bytes.refuse();
    }
    return std::string(text);
}

void write(ByteWriter& bytes, const std::optional<base::DomainName>& name) {
    bytes.text(name ? std::string_view(name->text()) : std::string_view());
}

std::optional<base::DomainName> read_optional_name(ByteReader& bytes) {
    const std::string_view text = bytes.text(max_name_octets);
    auto name = base::DomainName::parse(text);
    if (!text.empty() && (!name || name->text() != text)) {
        bytes.refuse();
        return std::nullopt;
    }
    return name;
}

// Some name where there is none: the reader then is not ok().
base::DomainName read_name(ByteReader& bytes) {
    auto name = read_optional_name(bytes);
    if (!name) {
        bytes.refuse();
        static const base::DomainName nothing = *base::DomainName::parse("invalid");
        return nothing;
    }
    return *std::move(name);
}

// ---- Addresses

void write(ByteWriter& bytes, const base::IpAddress& address) {
    const auto octets = address.bytes();
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += static_cast<char>(octet);
    }
    bytes.text(text);
}

template <class Octets>
base::IpAddress address_of(std::string_view text) {
    Octets octets{};
    std::transform(text.begin(), text.end(), octets.begin(),
                   [](char c) { return static_cast<std::uint8_t>(c); });
    return base::IpAddress(octets);
}

base::IpAddress read_address(ByteReader& bytes) {
    const std::string_view text = bytes.text(max_address_octets);
    if (text.size() == std::tuple_size_v<base::IpAddress::V4>) {
        return address_of<base::IpAddress::V4>(text);
    }
    if (text.size() == std::tuple_size_v<base::IpAddress::V6>) {
        auto address = address_of<base::IpAddress::V6>(text);
        if (!address.is_v4()) { // else there are two forms of it
            return address;
        }
    }
    bytes.refuse();
    return {};
}

// ---- The lists of a row

void write(ByteWriter& bytes, const std::vector<Reason>& reasons) {
    const std::size_t count = std::min(reasons.size(), max_reasons);
    bytes.octet(count);
    for (std::size_t i = 0; i < count; ++i) {
        write(bytes, reasons[i].type);
        bytes.text(clean(reasons[i].comment, max_words_octets));
    }
}

std::vector<Reason> read_reasons(ByteReader& bytes) {
    std::vector<Reason> reasons;
    for (std::size_t left = bytes.number(max_reasons); left > 0 && bytes.ok(); --left) {
        const auto type = read(bytes, authenticate::OverrideType::other);
        reasons.push_back({type, read_clean(bytes, max_words_octets)});
    }
    return reasons;
}

void write(ByteWriter& bytes, const std::vector<DkimResult>& signatures) {
    const std::size_t count = std::min(signatures.size(), max_signatures);
    bytes.octet(count);
    for (std::size_t i = 0; i < count; ++i) {
        bytes.text(signatures[i].domain.text());
        bytes.text(clean(signatures[i].selector, max_selector_octets));
        write(bytes, signatures[i].result);
        bytes.text(clean(signatures[i].human_result, max_words_octets));
    }
}

std::vector<DkimResult> read_signatures(ByteReader& bytes) {
    std::vector<DkimResult> signatures;
    for (std::size_t left = bytes.number(max_signatures); left > 0 && bytes.ok(); --left) {
        DkimResult one{.domain = read_name(bytes)};
        one.selector = read_clean(bytes, max_selector_octets);
        one.result = read(bytes, dkim::Result::permerror);
        one.human_result = read_clean(bytes, max_words_octets);
        signatures.push_back(std::move(one));
    }
    return signatures;
}

void write(ByteWriter& bytes, const std::optional<SpfResult>& spf) {
    bytes.octet(spf ? 1 : 0);
    if (spf) {
        bytes.text(spf->domain.text());
        write(bytes, spf->result);
    }
}

std::optional<SpfResult> read_spf(ByteReader& bytes) {
    if (!read_bool(bytes)) {
        return std::nullopt;
    }
    SpfResult spf{.domain = read_name(bytes)};
    spf.result = read(bytes, spf::Result::permerror);
    return spf;
}

void write_uris(ByteWriter& bytes, const std::vector<std::string>& uris) {
    const std::size_t count = std::min(uris.size(), max_uris);
    bytes.octet(count);
    for (std::size_t i = 0; i < count; ++i) {
        bytes.text(clean(uris[i], max_uri_octets));
    }
}

std::vector<std::string> read_uris(ByteReader& bytes) {
    std::vector<std::string> uris;
    for (std::size_t left = bytes.number(max_uris); left > 0 && bytes.ok(); --left) {
        uris.push_back(read_clean(bytes, max_uri_octets));
    }
    return uris;
}

template <class Value>
base::Result<Value> finished(Value value, const ByteReader& bytes, const char* what) {
    if (!bytes.at_end()) {
        return base::refuse(std::string("not a stored ") + what, bytes.position());
    }
    return value;
}

} // namespace

std::string pack(const Policy& policy) {
    ByteWriter bytes;
    bytes.octet(policy_form);
    bytes.text(policy.domain.text());
    write(bytes, policy.discovery);
    write(bytes, policy.p);
    write(bytes, policy.sp);
    write(bytes, policy.np);
    write(bytes, policy.adkim);
    write(bytes, policy.aspf);
    bytes.octet(policy.testing ? 1 : 0);
    bytes.text(clean(policy.fo, max_fo_octets));
    bytes.text(clean(policy.error, max_error_octets));
    write_uris(bytes, policy.rua);
    return bytes.take();
}

base::Result<Policy> unpack_policy(std::string_view stored) {
    ByteReader bytes(stored);
    if (bytes.octet() != policy_form) {
        return base::refuse("not a stored policy of a known form", 0);
    }
    Policy policy{.domain = read_name(bytes)};
    policy.discovery = read(bytes, dmarc::Discovery::psl);
    policy.p = read(bytes, dmarc::Policy::reject);
    policy.sp = read(bytes, dmarc::Policy::reject);
    policy.np = read(bytes, dmarc::Policy::reject);
    policy.adkim = read(bytes, dmarc::AlignmentMode::strict);
    policy.aspf = read(bytes, dmarc::AlignmentMode::strict);
    policy.testing = read_bool(bytes);
    policy.fo = read_clean(bytes, max_fo_octets);
    policy.error = read_clean(bytes, max_error_octets);
    policy.rua = read_uris(bytes);
    return finished(std::move(policy), bytes, "policy");
}

std::string pack(const Row& row) {
    ByteWriter bytes;
    bytes.octet(row_form);
    write(bytes, row.source_ip);
    bytes.text(row.header_from.text());
    write(bytes, row.envelope_from);
    write(bytes, row.envelope_to);
    write(bytes, row.disposition);
    bytes.octet(row.dkim_aligned ? 1 : 0);
    bytes.octet(row.spf_aligned ? 1 : 0);
    write(bytes, row.reasons);
    write(bytes, row.dkim);
    write(bytes, row.spf);
    return bytes.take();
}

base::Result<Row> unpack_row(std::string_view stored) {
    ByteReader bytes(stored);
    if (bytes.octet() != row_form) {
        return base::refuse("not a stored row of a known form", 0);
    }
    const base::IpAddress source = read_address(bytes);
    Row row{.source_ip = source, .header_from = read_name(bytes)};
    row.envelope_from = read_optional_name(bytes);
    row.envelope_to = read_optional_name(bytes);
    row.disposition = read(bytes, Disposition::reject);
    row.dkim_aligned = read_bool(bytes);
    row.spf_aligned = read_bool(bytes);
    row.reasons = read_reasons(bytes);
    row.dkim = read_signatures(bytes);
    row.spf = read_spf(bytes);
    return finished(std::move(row), bytes, "row");
}

} // namespace report
