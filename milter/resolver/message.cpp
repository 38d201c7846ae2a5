#include "milter/resolver/message.h"

#include "dns/question.h"

#include <limits>

namespace milter::resolver {

namespace {

constexpr std::size_t v4_octets = 4;
constexpr std::size_t v6_octets = 16;
constexpr std::size_t soa_numbers = 20; // RFC 1035 3.3.13: five of 32 bits behind the two names

class Reader {
  public:
    explicit Reader(PacketView packet) : packet_(packet) {}

    // Each false, or nothing, when there is no such thing at the place reached.
    [[nodiscard]] bool read_header(Message& message);
    [[nodiscard]] bool read_questions(Message& message);
    [[nodiscard]] bool read_records(std::uint16_t count, std::vector<Record>& records);
    [[nodiscard]] bool read_additional(Message& message);

    std::uint16_t answer_count = 0, authority_count = 0, additional_count = 0;

  private:
    [[nodiscard]] bool has(std::size_t octets) const { return packet_.size() - at_ >= octets; }
    std::uint16_t take16();
    [[nodiscard]] bool skip_name();
    [[nodiscard]] std::optional<Record> read_record();

    PacketView packet_;
    std::size_t at_ = 0;
};

bool Reader::read_header(Message& message) {
    if (!has(header_octets)) {
        return false;
    }
    message.id = take16();
    message.flags = take16();
    message.questions = take16();
    answer_count = take16();
    authority_count = take16();
    additional_count = take16();
    return true;
}

bool Reader::read_questions(Message& message) {
    constexpr std::size_t type_and_class = 4;
    for (std::uint16_t i = 0; i < message.questions; ++i) {
        const std::size_t begin = at_;
        if (!skip_name() || !has(type_and_class)) {
            return false;
        }
        const std::uint16_t type = take16();
        const std::uint16_t question_class = take16();
        if (i > 0) {
            continue;
        }
        auto name = read_name(packet_, begin);
        if (!name) {
            return false;
        }
        message.question = std::move(*name);
        message.question_type = type;
        message.question_class = question_class;
    }
    return true;
}

bool names_and_numbers(PacketView packet, const Record& record, std::size_t before, int names,
                       std::size_t behind) {
    const std::size_t end = std::size_t{record.data} + record.size;
    std::size_t at = record.data + before;
    // A name must not run on into the next record, but may point back to anywhere before.
    for (; names > 0; --names) {
        const auto next = end_of_name(packet.first(end), at);
        if (!next) {
            return false;
        }
        at = *next;
    }
    return at + behind == end;
}

// RFC 1035 3.3.14: one or more <character-string>s.
bool only_strings(PacketView packet, const Record& record) {
    const std::size_t end = std::size_t{record.data} + record.size;
    std::size_t at = record.data;
    while (at < end) {
        at += 1U + packet[at];
    }
    return record.size > 0 && at == end;
}

bool well_formed(PacketView packet, const Record& record) {
    switch (record.type) {
    case static_cast<std::uint16_t>(dns::Type::a):
        return record.size == v4_octets;
    case static_cast<std::uint16_t>(dns::Type::aaaa):
        return record.size == v6_octets;
    case static_cast<std::uint16_t>(dns::Type::mx):
        return names_and_numbers(packet, record, sizeof(std::uint16_t), 1, 0);
    case static_cast<std::uint16_t>(dns::Type::txt):
        return only_strings(packet, record);
    case static_cast<std::uint16_t>(dns::Type::ptr):
    case static_cast<std::uint16_t>(dns::Type::cname):
    case RecordType::ns:
        return names_and_numbers(packet, record, 0, 1, 0);
    case RecordType::soa:
        return names_and_numbers(packet, record, 0, 2, soa_numbers);
    default:
        return true;
    }
}

bool Reader::read_records(std::uint16_t count, std::vector<Record>& records) {
    // The count is only a claim: nothing is set aside for it.
    for (std::uint16_t i = 0; i < count; ++i) {
        const auto record = read_record();
        if (!record) {
            return false;
        }
        if (record->record_class == class_in) {
            records.push_back(*record);
        }
    }
    return true;
}

// Of these only the OPT record matters.
bool Reader::read_additional(Message& message) {
    for (std::uint16_t i = 0; i < additional_count; ++i) {
        const auto record = read_record();
        if (!record) {
            return false;
        }
        if (record->type == RecordType::opt) {
            constexpr unsigned upper = 24;
            // RFC 6891 6.1.1: at most one, owned by the root.
            if (message.edns || packet_[record->owner] != 0) {
                return false;
            }
            message.edns = true;
            message.upper_rcode = static_cast<std::uint8_t>(record->ttl >> upper);
        }
    }
    return true;
}

std::optional<Record> Reader::read_record() {
    constexpr std::size_t fixed = 10; // type, class, TTL, RDLENGTH
    Record record;
    record.owner = static_cast<std::uint16_t>(at_);
    if (!skip_name() || !has(fixed)) {
        return std::nullopt;
    }
    record.type = take16();
    record.record_class = take16();
    record.ttl = number32(packet_, at_);
    at_ += sizeof record.ttl;
    record.size = take16();
    record.data = static_cast<std::uint16_t>(at_);
    if (!has(record.size) || (record.record_class == class_in && !well_formed(packet_, record))) {
        return std::nullopt;
    }
    at_ += record.size;
    return record;
}

std::uint16_t Reader::take16() {
    const std::uint16_t number = number16(packet_, at_);
    at_ += sizeof number;
    return number;
}

bool Reader::skip_name() {
    const auto end = end_of_name(packet_, at_);
    at_ = end.value_or(at_);
    return end.has_value();
}

} // namespace

std::optional<Message> read_message(PacketView packet) {
    Message message;
    Reader reader(packet);
    if (packet.size() > std::numeric_limits<std::uint16_t>::max() || !reader.read_header(message) ||
        !reader.read_questions(message) || !reader.read_records(reader.answer_count, message.answers) ||
        !reader.read_records(reader.authority_count, message.authorities) ||
        !reader.read_additional(message)) {
        return std::nullopt;
    }
    return message;
}

std::uint16_t number16(PacketView packet, std::size_t at) {
    return static_cast<std::uint16_t>(packet[at] << 8U | packet[at + 1]);
}

std::uint32_t number32(PacketView packet, std::size_t at) {
    return static_cast<std::uint32_t>(number16(packet, at)) << 16U | number16(packet, at + 2);
}

} // namespace milter::resolver
