#include "milter/resolver/direct.h"

#include "milter/resolver/wire.h"

#include <algorithm>
#include <future>
#include <limits>
#include <utility>

namespace milter::resolver {

namespace {

DirectReply malformed() {
    DirectReply reply;
    reply.kind = DirectReply::Kind::malformed;
    return reply;
}

std::uint32_t ttl_of(const Record& record) {
    // RFC 2181 8: a TTL with the top bit set counts as zero.
    return record.ttl > std::numeric_limits<std::int32_t>::max() ? 0 : record.ttl;
}

std::string shown_name(PacketView packet, std::size_t at) {
    const auto name = read_name(packet, at);
    if (!name) {
        return {};
    }
    auto text = to_text(*name);
    return text ? std::move(*text) : to_unusable_text(*name);
}

std::string joined(PacketView data) {
    std::string text;
    for (std::size_t at = 0; at < data.size(); at += 1U + data[at]) {
        const PacketView string = data.subspan(at + 1, data[at]);
        text.append(string.begin(), string.end());
    }
    return text;
}

template <class Bytes>
base::IpAddress address(PacketView data) {
    Bytes bytes{};
    std::ranges::copy(data, bytes.begin()); // read_message has compared the sizes
    return base::IpAddress(bytes);
}

StartOfAuthority start_of_authority(PacketView packet, const Record& record) {
    constexpr std::size_t numbers = 20; // SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM
    const std::size_t end = std::size_t{record.data} + record.size;
    return {shown_name(packet, record.owner), number32(packet, end - numbers),
            std::min(ttl_of(record), number32(packet, end - sizeof(std::uint32_t)))};
}

void add(PacketView packet, const Record& record, DirectReply& reply) {
    const PacketView data = packet.subspan(record.data, record.size);
    switch (record.type) {
    case static_cast<std::uint16_t>(dns::Type::txt):
        reply.texts.push_back(joined(data));
        break;
    case static_cast<std::uint16_t>(dns::Type::a):
        reply.addresses.push_back(address<base::IpAddress::V4>(data));
        break;
    case static_cast<std::uint16_t>(dns::Type::aaaa):
        reply.addresses.push_back(address<base::IpAddress::V6>(data));
        break;
    case RecordType::ns:
        reply.names.push_back(shown_name(packet, record.data));
        break;
    case RecordType::soa:
        reply.soa = start_of_authority(packet, record);
        break;
    default:
        break;
    }
}

// Where the CNAMEs of the message lead from its question. A loop ends where the bound is reached, at a name
// that has no records.
WireName end_of_chain(PacketView packet, const Message& message, DirectReply& reply) {
    WireName at = message.question;
    for (std::size_t aliases = 0; aliases < Limits::aliases; ++aliases) {
        const auto alias = std::ranges::find_if(message.answers, [&](const Record& record) {
            return record.type == static_cast<std::uint16_t>(dns::Type::cname) &&
                   read_name(packet, record.owner) == at;
        });
        const auto target = alias == message.answers.end() ? std::nullopt : read_name(packet, alias->data);
        if (!target) {
            return at;
        }
        at = *target;
        reply.ttl = aliases == 0 ? ttl_of(*alias) : std::min(reply.ttl, ttl_of(*alias));
        reply.alias = shown_name(packet, alias->data);
    }
    return at;
}

void add_records(PacketView packet, const Message& message, std::uint16_t type, DirectReply& reply) {
    const WireName owner = end_of_chain(packet, message, reply);
    bool first = reply.alias.empty();
    std::size_t count = 0;
    for (const Record& record : message.answers) {
        if (record.type != type || read_name(packet, record.owner) != owner) {
            continue;
        }
        if (++count > Limits::records) {
            reply = malformed();
            return;
        }
        reply.ttl = std::exchange(first, false) ? ttl_of(record) : std::min(reply.ttl, ttl_of(record));
        add(packet, record, reply);
    }
    const auto soa = std::ranges::find(message.authorities, RecordType::soa, &Record::type);
    if (!reply.soa && soa != message.authorities.end()) {
        reply.soa = start_of_authority(packet, *soa);
    }
}

} // namespace

DirectReply read_direct(PacketView packet, std::uint16_t type) {
    const auto message = read_message(packet);
    if (!message || message->has(Flag::opcode)) {
        return malformed();
    }
    DirectReply reply;
    reply.kind = DirectReply::Kind::answer;
    reply.rcode = message->rcode();
    reply.authoritative = message->has(Flag::authoritative);
    reply.secure = message->has(Flag::authentic_data);
    add_records(packet, *message, type, reply);
    return reply;
}

struct DirectAsker::Flight {
    DirectQuestion question;
    int left; // attempts
    bool edns = true;
    std::promise<DirectReply> done{};
};

std::vector<DirectReply> DirectAsker::ask_all(const std::vector<DirectQuestion>& questions, Time deadline) {
    std::vector<std::future<DirectReply>> pending;
    for (const DirectQuestion& question : questions) {
        auto flight = std::make_shared<Flight>(Flight{question, std::max(patience_.attempts, 1)});
        pending.push_back(flight->done.get_future());
        if (!has_patience(question.server) || !transport_.post([this, flight] { send(flight); })) {
            flight->done.set_value({});
        }
    }
    std::vector<DirectReply> replies;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        const bool ready = pending[i].wait_until(deadline) == std::future_status::ready;
        replies.push_back(ready ? pending[i].get() : DirectReply{});
        remember(questions[i].server, replies.back());
    }
    return replies;
}

bool DirectAsker::has_patience(const Server& server) {
    return silences_.with([&](auto& silences) {
        const auto known = silences.find(dns::print_with_port(server));
        return known == silences.end() || known->second < patience_with_one;
    });
}

void DirectAsker::remember(const Server& server, const DirectReply& reply) {
    silences_.with([&](auto& silences) {
        if (reply.kind == DirectReply::Kind::silence) {
            ++silences[dns::print_with_port(server)];
        } else {
            silences.erase(dns::print_with_port(server));
        }
    });
}

void DirectAsker::send(const std::shared_ptr<Flight>& flight) {
    const auto& question = flight->question;
    auto query =
        make_query({question.name, static_cast<dns::Type>(question.type)}, random_id(), flight->edns);
    if (!query) {
        flight->done.set_value(malformed());
        return;
    }
    if (!question.recursion) {
        constexpr std::size_t upper_flags = 2;
        (*query)[upper_flags] &= static_cast<std::uint8_t>(~(Flag::recursion_desired >> 8U));
    }
    --flight->left;
    transport_.send({question.server, patience_.timeout}, question.name, std::move(*query),
                    [this, flight](const Reply& reply) { note(flight, reply); });
}

void DirectAsker::note(const std::shared_ptr<Flight>& flight, const Reply& reply) {
    DirectReply read;
    switch (reply.kind) {
    case Reply::Kind::response:
        read = read_direct(reply.packet, flight->question.type);
        // RFC 6891 7: an old server answers FORMERR to what it does not know.
        if (flight->edns &&
            (read.is_answer(ResponseCode::format_error) || read.is_answer(ResponseCode::bad_version))) {
            flight->edns = false;
            ++flight->left;
            send(flight);
            return;
        }
        flight->done.set_value(std::move(read));
        return;
    case Reply::Kind::unreachable:
    case Reply::Kind::tcp_closed:
        read.kind = DirectReply::Kind::unreachable;
        read.error = reply.error;
        break;
    case Reply::Kind::silence:
    case Reply::Kind::tcp_silence:
        break;
    case Reply::Kind::shutdown:
        flight->left = 0;
        break;
    }
    if (flight->left > 0) {
        // There are still middleboxes that swallow what carries an OPT record.
        flight->edns = flight->edns && flight->left > 1;
        send(flight);
        return;
    }
    flight->done.set_value(std::move(read));
}

} // namespace milter::resolver
