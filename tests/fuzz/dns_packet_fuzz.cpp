// DNS responses.
#include "fuzz/property.h"
#include "milter/resolver/direct.h"
#include "milter/resolver/wire.h"

namespace {

// Texts are as long as what they were made of; a name, which may be two octets of the packet, as long as
// names are.
void require_proportion(const dns::Answer& answer, std::size_t packet) {
    std::size_t texts = 0;
    for (const std::string& text : answer.texts) {
        texts += text.size() + 1;
    }
    fuzz::require(texts <= packet, "texts are no longer than the packet");
    for (const std::string& name : answer.names) {
        fuzz::require(name.size() < milter::resolver::NameLimits::octets,
                      "a name is no longer than names are");
    }
    for (const dns::MailExchange& exchange : answer.exchanges) {
        const bool odd = exchange.host.starts_with('.');
        fuzz::require(exchange.host.size() < milter::resolver::NameLimits::octets,
                      "a host is no longer than names are");
        fuzz::require(odd != (exchange.host.empty() || dns::can_be_asked(exchange.host)),
                      "a host can be asked for, or shows that it cannot");
    }
    const std::size_t records = answer.addresses.size() + answer.exchanges.size() + answer.names.size();
    fuzz::require(records <= milter::resolver::Limits::records, "there are no more records than are read");
}

// The same of what one server is asked alone.
void require_direct(milter::resolver::PacketView packet) {
    for (const std::uint16_t type : {std::uint16_t{16}, milter::resolver::RecordType::ns}) {
        const auto reply = milter::resolver::read_direct(packet, type);
        std::size_t texts = 0;
        for (const std::string& text : reply.texts) {
            texts += text.size() + 1;
        }
        fuzz::require(texts <= packet.size(), "texts are no longer than the packet");
        fuzz::require(reply.names.size() <= milter::resolver::Limits::records,
                      "there are no more records than are read");
        fuzz::require(reply.alias.size() < milter::resolver::NameLimits::octets,
                      "an alias is no longer than names are");
    }
}

void run(std::string_view input) {
    if (input.size() < 2) {
        return;
    }
    const milter::resolver::PacketView packet(reinterpret_cast<const std::uint8_t*>(input.data()),
                                              input.size());
    require_direct(packet);
    const auto id = static_cast<std::uint16_t>(packet[0] << 8 | packet[1]);
    for (const auto type : {dns::Type::txt, dns::Type::a, dns::Type::aaaa, dns::Type::mx, dns::Type::ptr}) {
        const auto response = milter::resolver::read_response(packet, {"example.org", type}, id);
        const auto& answer = response.answer;
        const bool empty = answer.texts.empty() && answer.addresses.empty() && answer.exchanges.empty() &&
                           answer.names.empty();
        fuzz::require(answer.status == dns::Status::found || empty, "only a found answer has records");
        require_proportion(answer, packet.size());
    }
}

const fuzz::Target target("dns_packet", run);

} // namespace
