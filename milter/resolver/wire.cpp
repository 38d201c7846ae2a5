#include "milter/resolver/wire.h"

#include "base/ascii.h"
#include "milter/resolver/message.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <string>

namespace milter::resolver {

namespace {

// RFC 1035 4.1.1, RFC 6895 2.3.
struct Rcode {
    static constexpr unsigned noerror = 0;
    static constexpr unsigned formerr = 1;
    static constexpr unsigned servfail = 2;
    static constexpr unsigned nxdomain = 3;
    static constexpr unsigned badvers = 16;
};

// A record of the answer section that may matter.
struct OwnedRecord {
    WireName owner;
    const Record* record = nullptr;
};

struct Candidates {
    std::vector<OwnedRecord> wanted;  // of the type asked for
    std::vector<OwnedRecord> aliases; // CNAME, the same ones when that is what was asked for
};

struct AliasChain {
    WireName end; // where the answer must be
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
    bool aliased = false;
};

std::uint32_t ttl_of(const Record& record) {
    // RFC 2181 8: a TTL with the top bit set counts as zero.
    return record.ttl > std::numeric_limits<std::int32_t>::max() ? 0 : record.ttl;
}

// Nothing when a name cannot be read, or there are more than can be meant.
std::optional<std::vector<OwnedRecord>> select(PacketView packet, const Message& message, dns::Type type,
                                               std::size_t limit) {
    std::vector<OwnedRecord> selected;
    for (const Record& record : message.answers) {
        if (record.type != static_cast<std::uint16_t>(type)) {
            continue;
        }
        auto owner = read_name(packet, record.owner);
        if (!owner || selected.size() == limit) {
            return std::nullopt;
        }
        selected.push_back({std::move(*owner), &record});
    }
    return selected;
}

std::optional<Candidates> select_candidates(PacketView packet, const Message& message, dns::Type type) {
    auto wanted = select(packet, message, type, Limits::records);
    auto aliases =
        type == dns::Type::cname ? wanted : select(packet, message, dns::Type::cname, Limits::aliases);
    if (!wanted || !aliases) {
        return std::nullopt;
    }
    return Candidates{std::move(*wanted), std::move(*aliases)};
}

const Record* find(const std::vector<OwnedRecord>& candidates, const WireName& owner) {
    const auto found = std::ranges::find(candidates, owner, &OwnedRecord::owner);
    return found == candidates.end() ? nullptr : found->record;
}

// RFC 6672 3.1: whoever answers from a DNAME adds the CNAME it stands for, so following CNAMEs is enough.
// Nothing for a loop, and for a chain longer than we follow.
std::optional<AliasChain> follow_aliases(PacketView packet, const Candidates& candidates, WireName start) {
    AliasChain chain;
    chain.aliased = find(candidates.aliases, start) != nullptr;
    chain.end = std::move(start);
    for (std::size_t aliases = 0; find(candidates.wanted, chain.end) == nullptr; ++aliases) {
        const Record* alias = find(candidates.aliases, chain.end);
        if (alias == nullptr) {
            return chain;
        }
        auto next = read_name(packet, alias->data);
        if (!next || aliases == Limits::aliases) {
            return std::nullopt;
        }
        chain.end = std::move(*next);
        chain.ttl = std::min(chain.ttl, ttl_of(*alias));
    }
    return chain;
}

template <class Bytes>
bool add_address(PacketView data, dns::Answer& answer) {
    Bytes bytes{};
    std::ranges::copy(data, bytes.begin()); // read_message has compared the sizes
    answer.addresses.emplace_back(bytes);
    return true;
}

// RFC 7208 4.6.4: a name that cannot be asked for is one of the domain's mail hosts all the same.
bool add_exchange(PacketView packet, const Record& record, dns::Answer& answer) {
    const std::uint16_t preference = number16(packet, record.data);
    const auto host = read_name(packet, record.data + sizeof preference);
    if (!host) {
        return false;
    }
    auto text = to_text(*host);
    answer.exchanges.push_back({preference, text ? std::move(*text) : to_unusable_text(*host)});
    return true;
}

// RFC 7208 3.3, RFC 6376 3.6.2.2: the strings of one record are joined without anything between them.
bool add_text(PacketView data, dns::Answer& answer) {
    std::size_t strings = 0;
    for (std::size_t at = 0; at < data.size(); at += 1U + data[at]) {
        ++strings;
    }
    std::string& text = answer.texts.emplace_back();
    text.reserve(data.size() - strings);
    for (std::size_t at = 0; at < data.size(); at += 1U + data[at]) {
        const PacketView string = data.subspan(at + 1, data[at]);
        text.append(string.begin(), string.end());
    }
    return true;
}

bool add_name(PacketView packet, const Record& record, dns::Answer& answer) {
    const auto name = read_name(packet, record.data);
    if (!name) {
        return false;
    }
    if (auto text = to_text(*name)) {
        answer.names.push_back(std::move(*text));
    }
    return true;
}

// False for a name in it that cannot be read.
bool add_record(PacketView packet, const Record& record, dns::Answer& answer) {
    const PacketView data = packet.subspan(record.data, record.size);
    switch (static_cast<dns::Type>(record.type)) {
    case dns::Type::a:
        return add_address<base::IpAddress::V4>(data, answer);
    case dns::Type::aaaa:
        return add_address<base::IpAddress::V6>(data, answer);
    case dns::Type::mx:
        return add_exchange(packet, record, answer);
    case dns::Type::txt:
        return add_text(data, answer);
    case dns::Type::ptr:
    case dns::Type::cname:
        return add_name(packet, record, answer);
    }
    return false;
}

std::size_t usable(const dns::Answer& answer) {
    return answer.addresses.size() + answer.exchanges.size() + answer.texts.size() + answer.names.size();
}

// Records that hold nothing usable are as good as none, so that `found` never comes with an empty list.
dns::Answer positive(PacketView packet, const Candidates& candidates, const AliasChain& chain) {
    dns::Answer answer;
    answer.ttl = chain.ttl;
    for (const OwnedRecord& candidate : candidates.wanted) {
        if (candidate.owner != chain.end) {
            continue;
        }
        answer.ttl = std::min(answer.ttl, ttl_of(*candidate.record));
        if (!add_record(packet, *candidate.record, answer)) {
            return dns::failed(dns::Failure::malformed);
        }
    }
    answer.status = usable(answer) == 0 ? dns::Status::no_data : dns::Status::found;
    return answer;
}

const Record* find_authority(PacketView packet, const Message& message, std::uint16_t type,
                             const WireName& name) {
    for (const Record& record : message.authorities) {
        if (record.type != type) {
            continue;
        }
        const auto owner = read_name(packet, record.owner);
        if (owner && is_at_or_below(name, *owner)) {
            return &record;
        }
    }
    return nullptr;
}

dns::Answer negative(PacketView packet, const Message& message, const AliasChain& chain) {
    const bool name_exists = message.rcode() != Rcode::nxdomain;
    const Record* soa = find_authority(packet, message, RecordType::soa, chain.end);
    if (name_exists && soa == nullptr && !message.has(Flag::authoritative) &&
        find_authority(packet, message, RecordType::ns, chain.end) != nullptr) {
        // RFC 2308 2.2: name servers without an SOA are a referral, not an answer: this server does not
        // recurse for us.
        return dns::failed(dns::Failure::refused);
    }
    dns::Answer answer = name_exists ? dns::no_data() : dns::no_name();
    if (soa != nullptr) {
        // RFC 2308 5: the lesser of the SOA's own TTL and its MINIMUM field, the last one. Without an SOA, no
        // caching: zero.
        const std::uint32_t minimum =
            number32(packet, std::size_t{soa->data} + soa->size - sizeof(std::uint32_t));
        answer.ttl = std::min({chain.ttl, ttl_of(*soa), minimum});
    }
    return answer;
}

// RFC 6604 3: the RCODE speaks of the last name of the chain; the name asked for exists when it owns a CNAME.
dns::Answer read_answer(PacketView packet, const Message& message, dns::Type type) {
    const auto candidates = select_candidates(packet, message, type);
    const auto chain = candidates ? follow_aliases(packet, *candidates, message.question) : std::nullopt;
    if (!chain) {
        return dns::failed(dns::Failure::malformed);
    }
    const bool found = message.rcode() == Rcode::noerror && find(candidates->wanted, chain->end) != nullptr;
    dns::Answer answer = found ? positive(packet, *candidates, *chain) : negative(packet, message, *chain);
    if (answer.status != dns::Status::failed) {
        answer.aliased = chain->aliased;
        answer.secure = message.has(Flag::authentic_data);
    }
    return answer;
}

bool answers(const Message& message, const WireName& name, dns::Type type, std::uint16_t id) {
    return message.has(Flag::response) && message.id == id && !message.has(Flag::opcode) &&
           message.questions == 1 && message.question_type == static_cast<std::uint16_t>(type) &&
           message.question_class == class_in && message.question == name;
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
Response read_by_rcode(PacketView packet, const Message& message, dns::Type type) {
    switch (message.rcode()) {
    case Rcode::noerror:
    case Rcode::nxdomain:
        return {read_answer(packet, message, type)};
    case Rcode::servfail:
        return failure(dns::Failure::server_failure);
    case Rcode::formerr:
    case Rcode::badvers:
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
    const auto name = to_wire(question.name);
    if (!name) {
        return std::nullopt;
    }
    constexpr std::size_t fixed_size = 12 + 4 + 11;
    Packet packet;
    packet.reserve(name->size() + fixed_size);
    const std::uint16_t additional = edns ? 1 : 0;
    // RFC 6840 5.7: AD asks whether the answer was validated.
    append(packet, {id, Flag::recursion_desired | Flag::authentic_data, 1, 0, 0, additional});
    packet.insert(packet.end(), name->begin(), name->end());
    append(packet, {static_cast<std::uint16_t>(question.type), class_in});
    if (edns) {
        // RFC 6891 6.1.2: the root as owner; no extended RCODE, version, flags or options.
        packet.push_back(0);
        append(packet, {RecordType::opt, edns_payload, 0, 0, 0});
    }
    return packet;
}

bool is_reply_to(PacketView packet, PacketView query) {
    constexpr std::size_t flags = 2;
    constexpr std::size_t question_count = 4;
    constexpr std::size_t type_and_class = 4;
    const auto name_end = end_of_name(query, header_octets);
    if (!name_end || packet.size() < *name_end + type_and_class ||
        number16(packet, 0) != number16(query, 0) || (number16(packet, flags) & Flag::response) == 0 ||
        number16(packet, question_count) != 1) {
        return false;
    }
    // Nothing stands before the question that its name could point to: it is written out in both.
    const auto same_octet = [](std::uint8_t a, std::uint8_t b) {
        return base::to_lower(static_cast<char>(a)) == base::to_lower(static_cast<char>(b));
    };
    const auto of_name = [&](PacketView message) {
        return message.subspan(header_octets, *name_end - header_octets);
    };
    return std::ranges::equal(of_name(packet), of_name(query), same_octet) &&
           std::ranges::equal(packet.subspan(*name_end, type_and_class),
                              query.subspan(*name_end, type_and_class));
}

bool is_truncated(PacketView reply) {
    constexpr std::size_t flags = 2;
    return (number16(reply, flags) & Flag::truncated) != 0;
}

Response read_response(PacketView packet, const dns::Question& question, std::uint16_t id) {
    const auto name = to_wire(question.name);
    const auto message = name ? read_message(packet) : std::nullopt;
    // A truncated message here came over TCP, or TCP was of no use: half an answer could hide the record that
    // counts.
    if (!message || !answers(*message, *name, question.type, id) || message->has(Flag::truncated)) {
        return failure(dns::Failure::malformed);
    }
    Response response = read_by_rcode(packet, *message, question.type);
    response.edns = message->edns;
    return response;
}

} // namespace milter::resolver
