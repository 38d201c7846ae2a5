#include "milter/resolver/wire.h"

#include "base/ascii.h"

#include <ldns/ldns.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace resolver {

namespace {

struct Free {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
using PacketHandle = std::unique_ptr<ldns_pkt, Free>;

// A name as it travels: length octets and labels. Lengths stay below 64, so that comparing without regard to
// case leaves them alone, and two names are the same exactly when base::iequals says so.
using WireName = std::string_view;

struct AliasChain {
    WireName end; // where the answer must be
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
    bool aliased = false;
    bool broken = false; // a loop, or longer than we follow
};

// Nothing for a name that is none of a question (see dns::make_question).
std::optional<std::string> to_wire(std::string_view name) {
    if (!dns::can_be_asked(name) || std::ranges::any_of(name, base::is_upper)) {
        return std::nullopt;
    }
    std::string wire;
    wire.reserve(name.size() + 2);
    wire.append(1, '.').append(name).append(1, '.');
    // Each dot becomes the length of the label behind it.
    std::size_t dot = 0;
    for (auto next = wire.find('.', 1); next != std::string::npos; next = wire.find('.', dot + 1)) {
        wire[dot] = static_cast<char>(next - dot - 1);
        dot = next;
    }
    wire[dot] = '\0';
    return wire;
}

WireName wire_name(const ldns_rdf* name) {
    return {reinterpret_cast<const char*>(ldns_rdf_data(name)), ldns_rdf_size(name)};
}

bool is_at_or_below(WireName name, WireName ancestor) {
    return name.size() >= ancestor.size() &&
           base::iequals(name.substr(name.size() - ancestor.size()), ancestor);
}

// Lower case. Nothing for a name that text cannot hold unambiguously: with a dot inside a label, "a.example"
// could be one label or two, and who controls the zone could pass for somebody else.
std::optional<std::string> to_text(WireName wire) {
    std::string text;
    text.reserve(wire.size());
    for (std::size_t at = 0; at < wire.size() && wire[at] != 0;) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(wire[at]));
        const std::string_view label = wire.substr(at + 1, length);
        if (label.size() != length ||
            label.find_first_of(std::string_view(".\0", 2)) != std::string_view::npos) {
            return std::nullopt;
        }
        text += text.empty() ? "" : ".";
        std::ranges::transform(label, std::back_inserter(text), [](char c) { return base::to_lower(c); });
        at += 1 + length;
    }
    return text;
}

std::uint32_t ttl_of(const ldns_rr* rr) {
    // RFC 2181 8: a TTL with the top bit set counts as zero.
    const std::uint32_t ttl = ldns_rr_ttl(rr);
    return ttl > std::numeric_limits<std::int32_t>::max() ? 0 : ttl;
}

using Records = std::vector<const ldns_rr*>;

Records answer_records(const ldns_pkt* packet) {
    const ldns_rr_list* list = ldns_pkt_answer(packet);
    Records records;
    records.reserve(ldns_rr_list_rr_count(list));
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
        const ldns_rr* rr = ldns_rr_list_rr(list, i);
        if (ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN) {
            records.push_back(rr);
        }
    }
    return records;
}

bool is(const ldns_rr* record, WireName owner, dns::Type type) {
    return static_cast<std::uint16_t>(ldns_rr_get_type(record)) == static_cast<std::uint16_t>(type) &&
           base::iequals(wire_name(ldns_rr_owner(record)), owner);
}

const ldns_rr* find(const Records& records, WireName owner, dns::Type type) {
    const auto found =
        std::ranges::find_if(records, [&](const ldns_rr* record) { return is(record, owner, type); });
    return found == records.end() ? nullptr : *found;
}

// RFC 6672 5.3.1: whoever answers from a DNAME adds the CNAME it stands for, so following CNAMEs is enough.
AliasChain follow_aliases(const Records& records, WireName start, dns::Type type) {
    AliasChain chain;
    chain.end = start;
    chain.aliased = find(records, start, dns::Type::cname) != nullptr;
    for (std::size_t aliases = 0; find(records, chain.end, type) == nullptr; ++aliases) {
        const ldns_rr* alias = find(records, chain.end, dns::Type::cname);
        if (alias == nullptr) {
            return chain;
        }
        if (ldns_rr_rd_count(alias) != 1 || aliases == Limits::aliases) {
            chain.broken = true;
            return chain;
        }
        chain.end = wire_name(ldns_rr_rdf(alias, 0));
        chain.ttl = std::min(chain.ttl, ttl_of(alias));
    }
    return chain;
}

PacketView field(const ldns_rr* rr, std::size_t index) {
    const ldns_rdf* rdf = ldns_rr_rdf(rr, index);
    return rdf == nullptr ? PacketView() : PacketView(ldns_rdf_data(rdf), ldns_rdf_size(rdf));
}

template <class Bytes>
void add_address(const ldns_rr* rr, dns::Answer& answer) {
    Bytes bytes{};
    const PacketView data = field(rr, 0);
    if (data.size() == bytes.size()) {
        std::ranges::copy(data, bytes.begin());
        answer.addresses.emplace_back(bytes);
    }
}

void add_exchange(const ldns_rr* rr, dns::Answer& answer) {
    if (ldns_rr_rd_count(rr) != 2) {
        return;
    }
    if (auto host = to_text(wire_name(ldns_rr_rdf(rr, 1)))) {
        answer.exchanges.push_back({ldns_rdf2native_int16(ldns_rr_rdf(rr, 0)), std::move(*host)});
    }
}

// RFC 7208 3.3, RFC 6376 3.6.2.2: the strings of one record are joined without anything between them.
void add_text(const ldns_rr* rr, dns::Answer& answer) {
    std::string& text = answer.texts.emplace_back();
    for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
        const PacketView string = field(rr, i); // behind its length octet
        if (!string.empty()) {
            text.append(string.begin() + 1, string.end());
        }
    }
}

void add_name(const ldns_rr* rr, dns::Answer& answer) {
    if (ldns_rr_rd_count(rr) != 1) {
        return;
    }
    if (auto name = to_text(wire_name(ldns_rr_rdf(rr, 0)))) {
        answer.names.push_back(std::move(*name));
    }
}

void add_record(const ldns_rr* rr, dns::Type type, dns::Answer& answer) {
    switch (type) {
    case dns::Type::a:
        return add_address<base::IpAddress::V4>(rr, answer);
    case dns::Type::aaaa:
        return add_address<base::IpAddress::V6>(rr, answer);
    case dns::Type::mx:
        return add_exchange(rr, answer);
    case dns::Type::txt:
        return add_text(rr, answer);
    case dns::Type::ptr:
    case dns::Type::cname:
        return add_name(rr, answer);
    }
}

std::size_t usable(const dns::Answer& answer) {
    return answer.addresses.size() + answer.exchanges.size() + answer.texts.size() + answer.names.size();
}

// Records that hold nothing usable are as good as none, so that `found` never comes with an empty list.
dns::Answer positive(const Records& records, const AliasChain& chain, dns::Type type) {
    dns::Answer answer;
    answer.ttl = chain.ttl;
    std::size_t count = 0;
    for (const ldns_rr* record : records) {
        if (!is(record, chain.end, type)) {
            continue;
        }
        if (++count > Limits::records) {
            return dns::failed(dns::Failure::malformed);
        }
        answer.ttl = std::min(answer.ttl, ttl_of(record));
        add_record(record, type, answer);
    }
    answer.status = usable(answer) == 0 ? dns::Status::no_data : dns::Status::found;
    return answer;
}

const ldns_rr* find_authority(const ldns_pkt* packet, ldns_rr_type type, WireName name) {
    const ldns_rr_list* list = ldns_pkt_authority(packet);
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
        const ldns_rr* rr = ldns_rr_list_rr(list, i);
        if (ldns_rr_get_type(rr) == type && is_at_or_below(name, wire_name(ldns_rr_owner(rr)))) {
            return rr;
        }
    }
    return nullptr;
}

dns::Answer negative(const ldns_pkt* packet, const AliasChain& chain) {
    const bool name_exists = ldns_pkt_get_rcode(packet) != LDNS_RCODE_NXDOMAIN;
    const ldns_rr* soa = find_authority(packet, LDNS_RR_TYPE_SOA, chain.end);
    const bool delegates = find_authority(packet, LDNS_RR_TYPE_NS, chain.end) != nullptr;
    if (name_exists && soa == nullptr && delegates && !ldns_pkt_aa(packet)) {
        // RFC 2308 2.2: name servers without an SOA are a referral, not an answer: this server does not
        // recurse for us.
        return dns::failed(dns::Failure::refused);
    }
    dns::Answer answer = name_exists ? dns::no_data() : dns::no_name();
    constexpr std::size_t minimum_field = 6;
    if (soa != nullptr && ldns_rr_rd_count(soa) > minimum_field) {
        // RFC 2308 5: the lesser of the SOA's own TTL and its MINIMUM field. Without an SOA, no caching:
        // zero.
        const std::uint32_t minimum = ldns_rdf2native_int32(ldns_rr_rdf(soa, minimum_field));
        answer.ttl = std::min({chain.ttl, ttl_of(soa), minimum});
    }
    return answer;
}

// RFC 6604 3: the RCODE speaks of the last name of the chain; the name asked for exists when it owns a CNAME.
dns::Answer read_answer(const ldns_pkt* packet, WireName name, dns::Type type) {
    const Records records = answer_records(packet);
    const AliasChain chain = follow_aliases(records, name, type);
    if (chain.broken) {
        return dns::failed(dns::Failure::malformed);
    }
    const bool found =
        ldns_pkt_get_rcode(packet) == LDNS_RCODE_NOERROR && find(records, chain.end, type) != nullptr;
    dns::Answer answer = found ? positive(records, chain, type) : negative(packet, chain);
    if (answer.status != dns::Status::failed) {
        answer.aliased = chain.aliased;
        answer.secure = ldns_pkt_ad(packet);
    }
    return answer;
}

bool answers(const ldns_pkt* packet, WireName name, dns::Type type, std::uint16_t id) {
    const ldns_rr_list* questions = ldns_pkt_question(packet);
    if (!ldns_pkt_qr(packet) || ldns_pkt_id(packet) != id ||
        ldns_pkt_get_opcode(packet) != LDNS_PACKET_QUERY || ldns_rr_list_rr_count(questions) != 1) {
        return false;
    }
    const ldns_rr* asked = ldns_rr_list_rr(questions, 0);
    return static_cast<std::uint16_t>(ldns_rr_get_type(asked)) == static_cast<std::uint16_t>(type) &&
           ldns_rr_get_class(asked) == LDNS_RR_CLASS_IN &&
           base::iequals(wire_name(ldns_rr_owner(asked)), name);
}

// RFC 6891 6.1.3: the OPT record carries the upper eight bits of the RCODE.
unsigned full_rcode(const ldns_pkt* packet) {
    const unsigned upper = ldns_pkt_edns(packet) ? ldns_pkt_edns_extended_rcode(packet) : 0U;
    return upper << 4U | static_cast<unsigned>(ldns_pkt_get_rcode(packet));
}

// In network order.
void append(Packet& packet, std::initializer_list<std::uint16_t> numbers) {
    for (const std::uint16_t number : numbers) {
        packet.push_back(static_cast<std::uint8_t>(number >> 8U));
        packet.push_back(static_cast<std::uint8_t>(number & 0xffU));
    }
}

Response failure(dns::Failure why, bool edns_refused = false) {
    return {dns::failed(why), edns_refused};
}

// The one place where an RCODE becomes a status.
Response read_by_rcode(const ldns_pkt* packet, WireName name, dns::Type type) {
    constexpr unsigned badvers = 16;
    switch (full_rcode(packet)) {
    case LDNS_RCODE_NOERROR:
    case LDNS_RCODE_NXDOMAIN:
        return {read_answer(packet, name, type)};
    case LDNS_RCODE_SERVFAIL:
        return failure(dns::Failure::server_failure);
    case LDNS_RCODE_FORMERR:
    case badvers:
        // RFC 6891 7: an old server answers FORMERR to what it does not know.
        return failure(dns::Failure::refused, true);
    default:
        return failure(dns::Failure::refused);
    }
}

} // namespace

std::uint16_t random_id() {
    std::uint16_t id = 0;
    ssize_t got = 0;
    do {
        got = getrandom(&id, sizeof id, 0);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof id)) {
        id = static_cast<std::uint16_t>(
            std::random_device()()); // a kernel without the call, or a sandbox that forbids it
    }
    return id;
}

// Written by hand, because a packet of the library takes some fifteen allocations to write these few octets.
std::optional<Packet> make_query(const dns::Question& question, std::uint16_t id, bool edns) {
    const auto name = to_wire(question.name);
    if (!name) {
        return std::nullopt;
    }
    constexpr std::uint16_t recursion_desired = 0x0100;
    constexpr std::uint16_t authentic_data = 0x0020; // RFC 6840 5.7: asks whether the answer was validated
    constexpr std::size_t fixed_size = 12 + 4 + 11;
    Packet packet;
    packet.reserve(name->size() + fixed_size);
    const std::uint16_t additional = edns ? 1 : 0;
    append(packet, {id, recursion_desired | authentic_data, 1, 0, 0, additional}); // RFC 1035 4.1.1
    packet.insert(packet.end(), name->begin(), name->end());
    append(packet, {static_cast<std::uint16_t>(question.type), LDNS_RR_CLASS_IN});
    if (edns) {
        // RFC 6891 6.1.2: the root as owner; no extended RCODE, version, flags or options.
        packet.push_back(0);
        append(packet, {LDNS_RR_TYPE_OPT, edns_payload, 0, 0, 0});
    }
    return packet;
}

Response read_response(PacketView bytes, const dns::Question& question, std::uint16_t id) {
    const auto name = to_wire(question.name);
    ldns_pkt* raw = nullptr;
    if (!name || ldns_wire2pkt(&raw, bytes.data(), bytes.size()) != LDNS_STATUS_OK) {
        return failure(dns::Failure::malformed);
    }
    const PacketHandle packet(raw);
    // A truncated message here came over TCP, or TCP was of no use: half an answer could hide the record that
    // counts.
    if (!answers(packet.get(), *name, question.type, id) || ldns_pkt_tc(packet.get())) {
        return failure(dns::Failure::malformed);
    }
    return read_by_rcode(packet.get(), *name, question.type);
}

} // namespace resolver
