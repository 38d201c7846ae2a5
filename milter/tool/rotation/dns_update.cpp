#include "milter/tool/rotation/dns_update.h"

#include <fmt/format.h>
#include <ldns/ldns.h>
#include <ldns/update.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <memory>
#include <string_view>

namespace milter::tool::rotation {

namespace {

template <auto free_it>
struct Freed {
    template <class Thing>
    void operator()(Thing* thing) const {
        free_it(thing);
    }
};
using Rr = std::unique_ptr<ldns_rr, Freed<ldns_rr_free>>;
using RrList = std::unique_ptr<ldns_rr_list, Freed<ldns_rr_list_deep_free>>;
using Packet = std::unique_ptr<ldns_pkt, Freed<ldns_pkt_free>>;
using Buffer = std::unique_ptr<ldns_buffer, Freed<ldns_buffer_free>>;
using Bytes = std::unique_ptr<std::uint8_t, Freed<::free>>;

constexpr timeval patience{10, 0};
constexpr std::uint16_t fudge = 300; // RFC 8945 10: seconds by which clocks may differ

base::Result<void, std::string> refuse(ldns_status status) {
    return base::refuse(fmt::format("the update cannot be made: {}", ldns_get_errorstr_by_id(status)));
}

// RFC 1035 3.3.14: strings of at most 255 octets. The value holds no quotation mark.
std::string text_of(const RecordUpdate& update) {
    constexpr std::size_t longest = 255;
    std::string text = fmt::format("{}. {} IN TXT", update.name, update.adds ? update.ttl : 0);
    for (std::size_t at = 0; at < update.value.size(); at += longest) {
        text += fmt::format(" \"{}\"", std::string_view(update.value).substr(at, longest));
    }
    return text;
}

// RFC 2136 2.5.1 and 2.5.4: a record of the class IN is added, one of the class NONE taken away.
Packet make_packet(const RecordUpdate& update) {
    ldns_rr* record = nullptr;
    if (ldns_rr_new_frm_str(&record, text_of(update).c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK) {
        return nullptr;
    }
    if (!update.adds) {
        ldns_rr_set_class(record, LDNS_RR_CLASS_NONE);
    }
    const RrList updates(ldns_rr_list_new());
    if (update.replaces) { // RFC 2136 2.5.2: of the class ANY, without data; updates are done in their order
        ldns_rr* all = ldns_rr_new();
        ldns_rr_set_owner(all, ldns_rdf_clone(ldns_rr_owner(record)));
        ldns_rr_set_type(all, LDNS_RR_TYPE_TXT);
        ldns_rr_set_class(all, LDNS_RR_CLASS_ANY);
        ldns_rr_set_ttl(all, 0);
        ldns_rr_list_push_rr(updates.get(), all);
    }
    ldns_rr_list_push_rr(updates.get(), record);
    ldns_rdf* zone = ldns_dname_new_frm_str(update.zone.c_str());
    Packet packet(zone == nullptr
                      ? nullptr
                      : ldns_update_pkt_new(zone, LDNS_RR_CLASS_IN, nullptr, updates.get(), nullptr));
    if (packet) {
        std::uint16_t id = 0;
        if (getrandom(&id, sizeof id, 0) != sizeof id) {
            return nullptr;
        }
        ldns_pkt_set_id(packet.get(), id);
    }
    return packet;
}

sockaddr_storage socket_address(const dns::Server& server, socklen_t& size) {
    sockaddr_storage address{};
    const auto text = server.address.print();
    if (server.address.is_v4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(address); // NOLINT: what the kernel's interface asks for
        v4.sin_family = AF_INET;
        v4.sin_port = htons(server.port);
        inet_pton(AF_INET, text.c_str(), &v4.sin_addr);
        size = sizeof v4;
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(address); // NOLINT: likewise
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(server.port);
        inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr);
        size = sizeof v6;
    }
    return address;
}

std::string word_of(ldns_pkt_rcode code) {
    const std::unique_ptr<char, Freed<::free>> word(ldns_pkt_rcode2str(code));
    return word ? word.get() : std::to_string(code);
}

std::string hint_for(ldns_pkt_rcode code) {
    if (code == LDNS_RCODE_REFUSED) {
        return "; it does not let this host or this key change the zone";
    }
    // RFC 8945 5.2: also what is said about a signature.
    return code == LDNS_RCODE_NOTAUTH
               ? "; it does not know the key, or its clock differs, or it is no primary of the zone"
               : "";
}

} // namespace

base::Result<void, std::string> send_update(const RecordUpdate& update, const dns::Server& server,
                                            const std::optional<TsigKey>& key) {
    const auto packet = make_packet(update);
    if (!packet) {
        return base::refuse(std::string("the update cannot be made"));
    }
    const std::string algorithm = key ? key->algorithm + '.' : "";
    if (key) {
        const auto status = ldns_pkt_tsig_sign(packet.get(), key->name.c_str(), key->secret.c_str(), fudge,
                                               algorithm.c_str(), nullptr);
        if (status != LDNS_STATUS_OK) {
            return refuse(status);
        }
    }
    const Buffer query(ldns_buffer_new(LDNS_MIN_BUFLEN));
    if (const auto status = ldns_pkt2buffer_wire(query.get(), packet.get()); status != LDNS_STATUS_OK) {
        return refuse(status);
    }
    socklen_t size = 0;
    const auto address = socket_address(server, size);
    std::uint8_t* raw = nullptr;
    std::size_t count = 0;
    const auto sent = ldns_tcp_send(&raw, query.get(), &address, size, patience, &count);
    const Bytes answer(raw);
    ldns_pkt* parsed = nullptr;
    if (sent != LDNS_STATUS_OK || ldns_wire2pkt(&parsed, raw, count) != LDNS_STATUS_OK) {
        return base::refuse(fmt::format("{} gave no answer to the update", dns::print(server)));
    }
    const Packet reply(parsed);
    const auto code = ldns_pkt_get_rcode(reply.get());
    if (code != LDNS_RCODE_NOERROR) {
        return base::refuse(fmt::format("{} refuses the update of {}: {}{}", dns::print(server), update.zone,
                                        word_of(code), hint_for(code)));
    }
    const bool is_ours = ldns_pkt_id(reply.get()) == ldns_pkt_id(packet.get()) && ldns_pkt_qr(reply.get());
    const bool is_signed =
        !key || (ldns_pkt_tsig(reply.get()) != nullptr &&
                 ldns_pkt_tsig_verify(reply.get(), raw, count, key->name.c_str(), key->secret.c_str(),
                                      ldns_rr_rdf(ldns_pkt_tsig(packet.get()), 3)));
    if (!is_ours || !is_signed) {
        return base::refuse(
            fmt::format("{} gave an answer that is not signed by the key", dns::print(server)));
    }
    return {};
}

} // namespace milter::tool::rotation
