#include "support/dns/reply.h"

#include "base/ascii.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <memory>

namespace support {

namespace {

struct FreePacket {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
using Packet = std::unique_ptr<ldns_pkt, FreePacket>;

struct Query {
    Packet packet;
    std::string wire_name;
    SeenQuery seen;
    std::uint16_t type = 0;

    [[nodiscard]] const ldns_rr* question() const {
        return ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0);
    }
};

std::string take_text(char* text) {
    std::string copy(text == nullptr ? "" : text);
    LDNS_FREE(text);
    return copy;
}

std::optional<Query> read_query(const Bytes& bytes, bool tcp) {
    ldns_pkt* raw = nullptr;
    if (ldns_wire2pkt(&raw, bytes.data(), bytes.size()) != LDNS_STATUS_OK) {
        return std::nullopt;
    }
    Query query{Packet(raw), {}, {}, 0};
    if (ldns_pkt_qdcount(raw) != 1) {
        return std::nullopt;
    }
    const ldns_rr* question = query.question();
    const ldns_rdf* name = ldns_rr_owner(question);
    query.wire_name.assign(ldns_rdf_data(name), ldns_rdf_data(name) + ldns_rdf_size(name));
    query.wire_name = base::to_lower(query.wire_name);
    query.type = static_cast<std::uint16_t>(ldns_rr_get_type(question));
    query.seen = {take_text(ldns_rdf2str(name)),
                  take_text(ldns_rr_type2str(ldns_rr_get_type(question))),
                  ldns_pkt_id(raw),
                  0,
                  tcp,
                  ldns_pkt_edns(raw),
                  ldns_pkt_ad(raw)};
    return query;
}

Packet start_reply(const Query& query) {
    Packet reply(ldns_pkt_new());
    ldns_pkt_set_id(reply.get(), query.seen.id);
    ldns_pkt_set_qr(reply.get(), true);
    ldns_pkt_set_rd(reply.get(), true);
    ldns_pkt_set_ra(reply.get(), true);
    ldns_pkt_push_rr(reply.get(), LDNS_SECTION_QUESTION, ldns_rr_clone(query.question()));
    if (query.seen.edns) {
        constexpr std::uint16_t payload = 4096;
        ldns_pkt_set_edns_udp_size(reply.get(), payload);
    }
    return reply;
}

Bytes to_bytes(const Packet& packet) {
    std::uint8_t* raw = nullptr;
    std::size_t size = 0;
    if (ldns_pkt2wire(&raw, packet.get(), &size) != LDNS_STATUS_OK) {
        return {};
    }
    Bytes bytes(raw, raw + size);
    LDNS_FREE(raw);
    return bytes;
}

Bytes bare(const Query& query, ldns_pkt_rcode rcode, bool edns = true) {
    const Packet reply = start_reply(query);
    ldns_pkt_set_rcode(reply.get(), static_cast<std::uint8_t>(rcode));
    if (!edns) {
        ldns_pkt_set_edns_udp_size(reply.get(), 0);
    }
    return to_bytes(reply);
}

Bytes truncated(const Query& query) {
    const Packet reply = start_reply(query);
    ldns_pkt_set_tc(reply.get(), true);
    return to_bytes(reply);
}

Bytes truthful(const DnsZone& zone, const Query& query, bool secure) {
    const Packet reply = start_reply(query);
    ldns_pkt_set_ad(reply.get(), secure && query.seen.ad);
    zone.answer(query.wire_name, query.type, *reply);
    Bytes bytes = to_bytes(reply);
    constexpr std::size_t plain_limit = 512;
    const std::size_t limit = std::max<std::size_t>(plain_limit, ldns_pkt_edns_udp_size(query.packet.get()));
    return query.seen.tcp || bytes.size() <= limit ? bytes : truncated(query);
}

// A reply that nobody may believe: an address for whatever was asked.
Bytes forged(const Query& query, bool wrong_id, bool wrong_question) {
    Packet reply = start_reply(query);
    if (wrong_id) {
        ldns_pkt_set_id(reply.get(), static_cast<std::uint16_t>(query.seen.id ^ 1U));
    }
    if (wrong_question) {
        ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(reply.get()), 0);
        ldns_rdf_deep_free(ldns_rr_owner(question));
        ldns_rr_set_owner(question, ldns_dname_new_frm_str("forged.invalid"));
    }
    ldns_rr* record = nullptr;
    const std::string line =
        query.seen.name + (query.type == LDNS_RR_TYPE_TXT ? " 3600 TXT forged" : " 3600 A 6.6.6.6");
    if (ldns_rr_new_frm_str(&record, line.c_str(), 0, nullptr, nullptr) == LDNS_STATUS_OK) {
        ldns_pkt_push_rr(reply.get(), LDNS_SECTION_ANSWER, record);
    }
    return to_bytes(reply);
}

Bytes junk(const Query& query) {
    Bytes bytes = bare(query, LDNS_RCODE_NOERROR, false);
    constexpr std::size_t answer_count = 7; // offset in the header, RFC 1035 4.1.1
    bytes[answer_count] = 3;
    bytes.insert(bytes.end(), {0xc0, 0xff, 0x00, 0xff, 0x00, 0x01, 0x99});
    return bytes;
}

void put16(Bytes& bytes, std::size_t number) {
    bytes.push_back(static_cast<std::uint8_t>(number >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(number & 0xffU));
}

// One text that is as large as a message can be and says nothing.
Bytes hollow(const Query& query) {
    constexpr std::size_t strings = 64000;
    Bytes bytes = bare(query, LDNS_RCODE_NOERROR, false);
    constexpr std::size_t answer_count = 7; // offset in the header, RFC 1035 4.1.1
    bytes[answer_count] = 1;
    for (const int number : {0xc00c, int{LDNS_RR_TYPE_TXT}, int{LDNS_RR_CLASS_IN}, 0, 300}) {
        put16(bytes, static_cast<std::size_t>(number)); // the name of the question, type, class, TTL
    }
    put16(bytes, strings);
    bytes.resize(bytes.size() + strings, 0);
    return bytes;
}

void fill(Reply& reply, const DnsZone& zone, const Query& query, const Behaviour& behaviour) {
    const bool tcp = query.seen.tcp;
    const auto add = [&reply](Bytes bytes, bool other = false, bool half = false) {
        reply.send.push_back({std::move(bytes), other, half});
    };
    const auto add_truth = [&] { add(truthful(zone, query, behaviour.secure)); };
    switch (behaviour.fault) {
    case Fault::none:
        return add_truth();
    case Fault::drop:
        return;
    case Fault::servfail:
        return add(bare(query, LDNS_RCODE_SERVFAIL));
    case Fault::refused:
        return add(bare(query, LDNS_RCODE_REFUSED));
    case Fault::notimp:
        return add(bare(query, LDNS_RCODE_NOTIMPL));
    case Fault::formerr:
        return add(bare(query, LDNS_RCODE_FORMERR));
    case Fault::formerr_on_edns:
        return query.seen.edns ? add(bare(query, LDNS_RCODE_FORMERR, false)) : add_truth();
    case Fault::drop_edns:
        return query.seen.edns ? void() : add_truth();
    case Fault::truncate:
        return tcp ? add_truth() : add(truncated(query));
    case Fault::truncate_no_tcp:
        reply.close = tcp;
        return tcp ? void() : add(truncated(query));
    case Fault::truncate_half:
        reply.close = tcp;
        return add(tcp ? truthful(zone, query, behaviour.secure) : truncated(query), false, tcp);
    case Fault::truncate_stall:
        return tcp ? void() : add(truncated(query));
    case Fault::half:
        reply.close = tcp;
        return add(truthful(zone, query, behaviour.secure), false, true);
    case Fault::hollow:
        return add(tcp ? hollow(query) : truncated(query));
    case Fault::garbage:
        return add(junk(query));
    case Fault::forged_id:
        add(forged(query, true, false));
        return add_truth();
    case Fault::forged_question:
        add(forged(query, false, true));
        return add_truth();
    case Fault::forged_port:
        add(forged(query, false, false), true);
        return add_truth();
    case Fault::noise:
        add({});
        add({0xff, 0x00, 0x2a});
        return add_truth();
    }
}

} // namespace

std::optional<Reply> make_reply(const DnsZone& zone, const Behaviour& fallback, const Bytes& bytes,
                                bool tcp) {
    const auto query = read_query(bytes, tcp);
    if (!query) {
        return std::nullopt;
    }
    const Behaviour* own = zone.behaviour(query->wire_name);
    const Behaviour& behaviour = own == nullptr ? fallback : *own;
    Reply reply{.seen = query->seen, .delay = behaviour.delay, .send = {}};
    fill(reply, zone, *query, behaviour);
    return reply;
}

} // namespace support
