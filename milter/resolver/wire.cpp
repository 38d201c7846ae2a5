#include "milter/resolver/wire.h"

#include "base/ascii.h"

#include <ldns/ldns.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace resolver {

namespace {

struct Free {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
    void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};
using PacketHandle = std::unique_ptr<ldns_pkt, Free>;
using BufferHandle = std::unique_ptr<ldns_buffer, Free>;

// A name as it travels: length octets and labels, upper case folded. Lengths stay below 64, so folding
// 'A'..'Z' leaves them alone, and two names are the same exactly when these strings are.
using WireName = std::string;

struct Record {
    WireName owner;
    const ldns_rr* rr;
};

struct AliasChain {
    WireName end; // where the answer must be
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
    bool aliased = false;
    bool broken = false; // a loop, or longer than we follow
};

std::optional<WireName> to_wire(const dns::Question& question) {
    if (dns::make_question(question.name, question.type) != question) {
        return std::nullopt;
    }
    WireName wire;
    for (const std::string_view label : base::split(question.name, '.')) {
        wire += static_cast<char>(label.size());
        wire += label;
    }
    wire += '\0';
    return wire;
}

WireName to_wire(const ldns_rdf* name) {
    const PacketView bytes(ldns_rdf_data(name), ldns_rdf_size(name));
    WireName wire(bytes.begin(), bytes.end());
    std::ranges::transform(wire, wire.begin(), [](char c) { return base::to_lower(c); });
    return wire;
}

// Nothing for a name that text cannot hold unambiguously: with a dot inside a label, "a.example" could be one
// label or two, and who controls the zone could pass for somebody else.
std::optional<std::string> to_text(const WireName& wire) {
    std::string text;
    for (std::size_t at = 0; at < wire.size() && wire[at] != 0;) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(wire[at]));
        const std::string_view label = std::string_view(wire).substr(at + 1, length);
        if (label.size() != length ||
            label.find_first_of(std::string_view(".\0", 2)) != std::string_view::npos) {
            return std::nullopt;
        }
        text += text.empty() ? "" : ".";
        text += label;
        at += 1 + length;
    }
    return text;
}

std::uint32_t ttl_of(const ldns_rr* rr) {
    // RFC 2181 8: a TTL with the top bit set counts as zero.
    const std::uint32_t ttl = ldns_rr_ttl(rr);
    return ttl > std::numeric_limits<std::int32_t>::max() ? 0 : ttl;
}

std::vector<Record> answer_records(const ldns_pkt* packet) {
    const ldns_rr_list* list = ldns_pkt_answer(packet);
    std::vector<Record> records;
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
        const ldns_rr* rr = ldns_rr_list_rr(list, i);
        if (ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN) {
            records.push_back({to_wire(ldns_rr_owner(rr)), rr});
        }
    }
    return records;
}

bool is(const Record& record, const WireName& owner, dns::Type type) {
    return static_cast<std::uint16_t>(ldns_rr_get_type(record.rr)) == static_cast<std::uint16_t>(type) &&
           record.owner == owner;
}

const Record* find(const std::vector<Record>& records, const WireName& owner, dns::Type type) {
    const auto found = std::ranges::find_if(records, [&](const Record& r) { return is(r, owner, type); });
    return found == records.end() ? nullptr : &*found;
}

// RFC 6672 5.3.1: whoever answers from a DNAME adds the CNAME it stands for, so following CNAMEs is enough.
AliasChain follow_aliases(const std::vector<Record>& records, const WireName& start, dns::Type type) {
    AliasChain chain;
    chain.end = start;
    chain.aliased = find(records, start, dns::Type::cname) != nullptr;
    std::vector<WireName> seen{start};
    while (find(records, chain.end, type) == nullptr) {
        const Record* alias = find(records, chain.end, dns::Type::cname);
        if (alias == nullptr) {
            return chain;
        }
        if (ldns_rr_rd_count(alias->rr) != 1) {
            chain.broken = true;
            return chain;
        }
        chain.end = to_wire(ldns_rr_rdf(alias->rr, 0));
        chain.ttl = std::min(chain.ttl, ttl_of(alias->rr));
        if (seen.size() > Limits::aliases || std::ranges::find(seen, chain.end) != seen.end()) {
            chain.broken = true;
            return chain;
        }
        seen.push_back(chain.end);
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
    if (auto host = to_text(to_wire(ldns_rr_rdf(rr, 1)))) {
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
    if (auto name = to_text(to_wire(ldns_rr_rdf(rr, 0)))) {
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
dns::Answer positive(const std::vector<Record>& records, const AliasChain& chain, dns::Type type) {
    dns::Answer answer;
    answer.ttl = chain.ttl;
    std::size_t count = 0;
    for (const Record& record : records) {
        if (!is(record, chain.end, type)) {
            continue;
        }
        if (++count > Limits::records) {
            return dns::failed(dns::Failure::malformed);
        }
        answer.ttl = std::min(answer.ttl, ttl_of(record.rr));
        add_record(record.rr, type, answer);
    }
    answer.status = usable(answer) == 0 ? dns::Status::no_data : dns::Status::found;
    return answer;
}

const ldns_rr* find_authority(const ldns_pkt* packet, ldns_rr_type type, const WireName& at_or_below) {
    const ldns_rr_list* list = ldns_pkt_authority(packet);
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
        const ldns_rr* rr = ldns_rr_list_rr(list, i);
        if (ldns_rr_get_type(rr) == type && at_or_below.ends_with(to_wire(ldns_rr_owner(rr)))) {
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
dns::Answer read_answer(const ldns_pkt* packet, const WireName& name, dns::Type type) {
    const std::vector<Record> records = answer_records(packet);
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

bool answers(const ldns_pkt* packet, const WireName& name, dns::Type type, std::uint16_t id) {
    const ldns_rr_list* questions = ldns_pkt_question(packet);
    if (!ldns_pkt_qr(packet) || ldns_pkt_id(packet) != id ||
        ldns_pkt_get_opcode(packet) != LDNS_PACKET_QUERY || ldns_rr_list_rr_count(questions) != 1) {
        return false;
    }
    const ldns_rr* asked = ldns_rr_list_rr(questions, 0);
    return static_cast<std::uint16_t>(ldns_rr_get_type(asked)) == static_cast<std::uint16_t>(type) &&
           ldns_rr_get_class(asked) == LDNS_RR_CLASS_IN && to_wire(ldns_rr_owner(asked)) == name;
}

// RFC 6891 6.1.3: the OPT record carries the upper eight bits of the RCODE.
unsigned full_rcode(const ldns_pkt* packet) {
    const unsigned upper = ldns_pkt_edns(packet) ? ldns_pkt_edns_extended_rcode(packet) : 0U;
    return upper << 4U | static_cast<unsigned>(ldns_pkt_get_rcode(packet));
}

Response failure(dns::Failure why, bool edns_refused = false) {
    return {dns::failed(why), edns_refused};
}

// The one place where an RCODE becomes a status.
Response read_by_rcode(const ldns_pkt* packet, const WireName& name, dns::Type type) {
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

std::optional<Packet> make_query(const dns::Question& question, std::uint16_t id, bool edns) {
    const auto name = to_wire(question);
    if (!name) {
        return std::nullopt;
    }
    // The packet owns the name from here on.
    ldns_rdf* owner = ldns_dname_new_frm_data(static_cast<std::uint16_t>(name->size()), name->data());
    const PacketHandle packet(
        ldns_pkt_query_new(owner, static_cast<ldns_rr_type>(question.type), LDNS_RR_CLASS_IN, LDNS_RD));
    if (packet == nullptr) {
        return std::nullopt;
    }
    ldns_pkt_set_id(packet.get(), id);
    ldns_pkt_set_ad(packet.get(), true); // RFC 6840 5.7: asks to be told whether the answer was validated
    if (edns) {
        ldns_pkt_set_edns_udp_size(packet.get(), edns_payload);
    }
    const BufferHandle buffer(ldns_buffer_new(LDNS_MIN_BUFLEN));
    // Without a tree of names to compress with: there is only one, and the tree is most of the work.
    if (buffer == nullptr ||
        ldns_pkt2buffer_wire_compress(buffer.get(), packet.get(), nullptr) != LDNS_STATUS_OK) {
        return std::nullopt;
    }
    const std::uint8_t* bytes = ldns_buffer_begin(buffer.get());
    return Packet(bytes, bytes + ldns_buffer_position(buffer.get()));
}

Response read_response(PacketView bytes, const dns::Question& question, std::uint16_t id) {
    const auto name = to_wire(question);
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
