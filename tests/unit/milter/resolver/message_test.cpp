// Messages whose parts are not what they say, or are out of all proportion.
#include "milter/resolver/message.h"
#include "support/catch.h"
#include "unit/milter/resolver/raw_message.h"

#include <sys/resource.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

using dns::Failure;
using dns::Status;
using dns::Type;
using test::RawMessage;
using namespace std::string_literals;

namespace {

constexpr std::uint16_t of(Type type) {
    return static_cast<std::uint16_t>(type);
}

// One record, of the name in the question, in a section: 1 answer, 2 authority, 3 additional.
RawMessage with_record(std::uint16_t type, const std::string& data, int section = 1) {
    const auto count = [section](int which) { return static_cast<std::uint16_t>(section == which ? 1 : 0); };
    RawMessage message(test::response, {1, count(1), count(2), count(3)});
    return message.question(Type::txt).u16(0xc00c).u16(type).u16(1).u32(60).data(data);
}

// Something that a message is filled with, and the count it takes for 64 KB.
RawMessage full(std::uint16_t count, int section, const std::function<void(RawMessage&)>& add,
                Type type = Type::txt) {
    const auto in = [&](int which) { return static_cast<std::uint16_t>(section == which ? count : 0); };
    RawMessage message(test::response, {1, in(1), in(2), in(3)});
    message.question(type);
    for (std::uint16_t i = 0; i < count; ++i) {
        add(message);
    }
    return message;
}

dns::Answer read(const RawMessage& message, Type type = Type::txt) {
    return milter::resolver::read_response(message.bytes(), {"a.test", type}, test::id).answer;
}

std::int64_t peak_kilobytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

} // namespace

TEST_CASE("a record that is not made as its type is makes the message malformed, in any section") {
    struct Case {
        const char* name;
        std::uint16_t type;
        std::string data;
        bool good = false;
    };
    const std::string soa_numbers(20, '\0');
    const std::vector<Case> cases{
        {"an address", of(Type::a), "\1\2\3\4", true},
        {"an address of no octets", of(Type::a), ""},
        {"an address of three octets", of(Type::a), "\1\2\3"},
        {"an address of five octets", of(Type::a), "\1\2\3\4\5"},
        {"an IPv6 address", of(Type::aaaa), std::string(16, '\1'), true},
        {"an IPv6 address of no octets", of(Type::aaaa), ""},
        {"an IPv6 address of four octets", of(Type::aaaa), "\1\2\3\4"},
        {"an IPv6 address of 17 octets", of(Type::aaaa), std::string(17, '\1')},
        {"a mail host", of(Type::mx), "\0\1\1b\0"s, true},
        {"a mail host by a pointer", of(Type::mx), "\0\1\xc0\x0c"s, true},
        {"a mail host without a name", of(Type::mx), "\0\1"s},
        {"half a preference", of(Type::mx), "\0"s},
        {"no preference", of(Type::mx), ""},
        {"a mail host with octets behind it", of(Type::mx), "\0\1\1b\0\0"s},
        {"a mail host by a pointer with octets behind it", of(Type::mx), "\0\1\xc0\x0c\0"s},
        {"a mail host past the end of its record", of(Type::mx), "\0\1\5b"s},
        {"a mail host without the root", of(Type::mx), "\0\1\1b"s},
        {"a mail host that ends in half a pointer", of(Type::mx), "\0\1\1b\xc0"s},
        {"a mail host by a pointer into the header", of(Type::mx), "\0\1\xc0\x0b"s},
        {"a mail host by a pointer to itself", of(Type::mx), "\0\1\xc0\x26"s},
        {"a mail host by a pointer ahead", of(Type::mx), "\0\1\xc0\x30"s},
        {"a label of an unknown kind", of(Type::mx), "\0\1\x41"s + "b\0"s},
        {"another label of an unknown kind", of(Type::mx), "\0\1\x81"s + "b\0"s},
        {"an alias", of(Type::cname), "\1b\0"s, true},
        {"an alias of nothing", of(Type::cname), ""},
        {"an alias with octets behind it", of(Type::cname), "\1b\0\1"s},
        {"a reverse name", of(Type::ptr), "\1b\0"s, true},
        {"a reverse name of nothing", of(Type::ptr), ""},
        {"a reverse name past the end of its record", of(Type::ptr), "\3b\0"s},
        {"a name server with octets behind it", milter::resolver::RecordType::ns, "\1b\0\0"s},
        {"a start of authority", milter::resolver::RecordType::soa, "\1b\0\0"s + soa_numbers, true},
        {"a start of authority that is short", milter::resolver::RecordType::soa,
         "\1b\0\0"s + soa_numbers.substr(1)},
        {"a start of authority that is long", milter::resolver::RecordType::soa,
         "\1b\0\0"s + soa_numbers + "\0"s},
        {"a text", of(Type::txt), "\1a\0\2bc"s, true},
        {"a text without a string", of(Type::txt), ""},
        {"a text that is cut", of(Type::txt), "\2a"s},
        {"a text whose last string is cut", of(Type::txt), "\1a\5b"s},
        {"a type nobody asked for", 99, "anything", true},
    };
    for (const Case& c : cases) {
        for (const int section : {1, 2, 3}) {
            INFO(c.name << " in section " << section);
            const dns::Answer answer = read(with_record(c.type, c.data, section));
            CHECK((answer.failure != Failure::malformed) == c.good);
        }
    }
}

TEST_CASE("RFC 6891 6.1.1: more than one OPT record, or one of a name, is malformed") {
    const auto with_options = [](int count, const std::string& owner) {
        RawMessage message(test::response, {1, 0, 0, static_cast<std::uint16_t>(count)});
        message.question(Type::txt);
        for (int i = 0; i < count; ++i) {
            message.raw(owner).u16(milter::resolver::RecordType::opt).u16(1232).u32(0).u16(0);
        }
        return message;
    };
    CHECK(read(with_options(1, "\0"s)) == dns::no_data());
    CHECK(read(with_options(2, "\0"s)) == dns::failed(Failure::malformed));
    CHECK(read(with_options(1, "\1b\0"s)) == dns::failed(Failure::malformed));
}

TEST_CASE("RFC 1035 2.3.4: a name has at most 255 octets, however it is put together") {
    const auto host_of = [](std::size_t octets) {
        // Labels of 49 and a rest, with the root: 50 octets a label.
        std::string name;
        for (; octets > 51; octets -= 50) {
            name += "\x31" + std::string(49, 'x');
        }
        name += static_cast<char>(octets - 2) + std::string(octets - 2, 'x');
        return name + '\0';
    };
    CHECK(read(with_record(of(Type::mx), "\0\1"s + host_of(255)), Type::txt).failure == Failure::none);
    CHECK(read(with_record(of(Type::mx), "\0\1"s + host_of(256)), Type::txt) ==
          dns::failed(Failure::malformed));
    // 248 octets and a pointer to the seven of "a.test" in the question: one too many with one more.
    for (const std::size_t before : {247U, 248U}) {
        const std::string labels = host_of(before + 1).substr(0, before);
        RawMessage message(test::response, {1, 1, 0, 0});
        message.question(Type::mx).u16(0xc00c).u16(of(Type::mx)).u16(1).u32(60);
        message.data("\0\1"s + labels + "\xc0\x0c");
        const dns::Answer answer = read(message, Type::mx);
        CHECK((answer.status == Status::found) == (before == 247));
        CHECK((answer.failure == Failure::malformed) == (before == 248));
    }
}

TEST_CASE("pointers to pointers are followed as far as a name can need them") {
    const auto chain = [](std::size_t pointers) {
        // A record of an unknown type holds the chain, each pointer leading to the one before.
        RawMessage message(test::response, {1, 2, 0, 0});
        message.question(Type::mx).u16(0xc00c).u16(99).u16(1).u32(60);
        std::string links = "\xc0\x0c";
        std::size_t last = message.bytes().size() + 2;
        for (std::size_t i = 1; i < pointers; ++i, last += 2) {
            links += static_cast<char>(0xc0 | last >> 8U);
            links += static_cast<char>(last & 0xffU);
        }
        message.data(links).u16(0xc00c).u16(of(Type::mx)).u16(1).u32(60);
        const std::string pointer{static_cast<char>(0xc0 | last >> 8U), static_cast<char>(last & 0xffU)};
        return message.data("\0\1"s + pointer);
    };
    CHECK(read(chain(100), Type::mx).exchanges.size() == 1);
    CHECK(read(chain(1000), Type::mx) == dns::failed(Failure::malformed));
    CHECK(read(chain(8000), Type::mx) == dns::failed(Failure::malformed));
}

TEST_CASE("messages that are full of something take memory in proportion to their size") {
    const std::string names = [] { // 253 octets of labels, for all the others to point at
        std::string text;
        for (int i = 0; i < 4; ++i) {
            text += "\x3e" + std::string(62, static_cast<char>('a' + i));
        }
        return text + '\0';
    }();
    const auto texts = [](std::string data) {
        return [data = std::move(data)](RawMessage& m) { m.record(Type::txt, 60, data); };
    };
    struct Case {
        const char* name;
        RawMessage message;
        Type type;
        Status expected;
    };
    std::string ones;
    while (ones.size() < 64000) {
        ones += "\1a";
    }
    const auto root_address = [](RawMessage& m) { m.u8(0).u16(1).u16(1).u32(60).data("\1\2\3\4"); };
    const auto pointed = [](Type type, const std::string& before) {
        return [type, before](RawMessage& m) { m.record(type, 60, before + "\xc0\x24"); };
    };
    const auto pointing = [&](std::uint16_t count, Type type, const std::string& before) {
        // Behind the question of 24 octets and a record head of 12: where 0xc024 points to.
        RawMessage message(test::response, {1, static_cast<std::uint16_t>(count + 1), 0, 0});
        message.question(type).u16(0xc00c).u16(99).u16(1).u32(60).data(names);
        for (std::uint16_t i = 0; i < count; ++i) {
            pointed(type, before)(message);
        }
        return message;
    };
    const std::vector<Case> cases{
        {"empty strings", full(1, 1, texts(std::string(64000, '\0'))), Type::txt, Status::found},
        {"strings of one octet", full(1, 1, texts(ones)), Type::txt, Status::found},
        {"empty strings in the authority section", full(1, 2, texts(std::string(64000, '\0'))), Type::txt,
         Status::no_data},
        {"empty strings in the additional section", full(1, 3, texts(std::string(64000, '\0'))), Type::txt,
         Status::no_data},
        {"texts of one empty string", full(4900, 1, texts("\0"s)), Type::txt, Status::failed},
        {"texts of one empty string, as many as are read", full(1024, 1, texts("\0"s)), Type::txt,
         Status::found},
        {"small records in the answer", full(4300, 1, root_address), Type::txt, Status::no_data},
        {"small records in the authority section", full(4300, 2, root_address), Type::txt, Status::no_data},
        {"small records in the additional section", full(4300, 3, root_address), Type::txt, Status::no_data},
        {"aliases", full(4000, 1, [](RawMessage& m) { m.record(Type::cname, 60, "\1b\0"s); }), Type::txt,
         Status::failed},
        {"mail hosts with long names", pointing(1024, Type::mx, "\0\1"s), Type::mx, Status::found},
        {"reverse names that are long", pointing(1024, Type::ptr, ""), Type::ptr, Status::found},
    };
    const std::int64_t before = peak_kilobytes();
    for (const Case& c : cases) {
        INFO(c.name);
        REQUIRE(c.message.bytes().size() <= 65535);
        const dns::Answer answer =
            milter::resolver::read_response(c.message.bytes(), {"a.test", c.type}, test::id).answer;
        CHECK(answer.status == c.expected);
    }
    CHECK(peak_kilobytes() - before < 16 * 1024);
}
