// DNS responses.
#include "fuzz/property.h"
#include "milter/resolver/wire.h"

namespace {

void run(std::string_view input) {
    if (input.size() < 2) {
        return;
    }
    const resolver::PacketView packet(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    const auto id = static_cast<std::uint16_t>(packet[0] << 8 | packet[1]);
    for (const auto type : {dns::Type::txt, dns::Type::a, dns::Type::aaaa, dns::Type::mx, dns::Type::ptr}) {
        const auto response = resolver::read_response(packet, {"example.org", type}, id);
        const auto& answer = response.answer;
        const bool empty = answer.texts.empty() && answer.addresses.empty() && answer.exchanges.empty() &&
                           answer.names.empty();
        fuzz::require(answer.status == dns::Status::found || empty, "only a found answer has records");
    }
}

const fuzz::Target target("dns_packet", run);

} // namespace
