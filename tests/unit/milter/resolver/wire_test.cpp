#include "milter/resolver/wire.h"
#include "support/catch.h"
#include "support/dns/reply.h"
#include "unit/milter/resolver/raw_message.h"

#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using dns::Answer;
using dns::Failure;
using dns::Question;
using dns::Status;
using dns::Type;
using namespace std::string_literals;

namespace {

using test::id;
using test::response;
using Message = test::RawMessage;

constexpr std::uint16_t truncated = 0x8380;     // and TC
constexpr std::uint16_t query_flags = 0x0100;   // RD
constexpr std::uint16_t status_opcode = 0x9180; // QR, opcode STATUS
constexpr std::uint16_t authoritative = 0x8400; // QR AA

support::Bytes reply_to(const support::DnsZone& zone, const Question& question, bool edns = true) {
    const auto query = milter::resolver::make_query(question, id, edns);
    REQUIRE(query);
    const auto reply = support::make_reply(zone, {}, *query, true);
    REQUIRE(reply);
    REQUIRE(reply->send.size() == 1);
    return reply->send.front().message;
}

Answer found(std::uint32_t ttl) {
    Answer answer;
    answer.status = Status::found;
    answer.ttl = ttl;
    return answer;
}

Answer addresses(std::uint32_t ttl, std::initializer_list<std::string_view> list, bool aliased = false) {
    Answer answer = found(ttl);
    for (const std::string_view text : list) {
        answer.addresses.push_back(base::IpAddress::parse(text).value());
    }
    answer.aliased = aliased;
    return answer;
}

Answer exchanges(std::uint32_t ttl, std::vector<dns::MailExchange> list) {
    Answer answer = found(ttl);
    answer.exchanges = std::move(list);
    return answer;
}

Answer texts(std::uint32_t ttl, std::vector<std::string> list) {
    Answer answer = found(ttl);
    answer.texts = std::move(list);
    return answer;
}

Answer names(std::uint32_t ttl, std::vector<std::string> list, bool aliased = false) {
    Answer answer = found(ttl);
    answer.names = std::move(list);
    answer.aliased = aliased;
    return answer;
}

Answer negative(Status status, std::uint32_t ttl, bool aliased = false) {
    Answer answer;
    answer.status = status;
    answer.ttl = ttl;
    answer.aliased = aliased;
    return answer;
}

Answer read(const Message& message, Type type = Type::a) {
    return milter::resolver::read_response(message.bytes(), {"a.test", type}, id).answer;
}

struct ReplyCase {
    const char* name;
    const char* zone;
    Question question;
    Answer expected;
};

void check(const std::vector<ReplyCase>& cases) {
    for (const ReplyCase& c : cases) {
        INFO(c.name);
        support::DnsZone zone;
        REQUIRE(zone.load(c.zone) == std::nullopt);
        CHECK(milter::resolver::read_response(reply_to(zone, c.question), c.question, id).answer ==
              c.expected);
        CHECK(milter::resolver::read_response(reply_to(zone, c.question, false), c.question, id).answer ==
              c.expected);
    }
}

} // namespace

TEST_CASE("a query asks one question, with RD, AD and EDNS") {
    const auto plain = milter::resolver::make_query({"a.test", Type::mx}, id, false);
    REQUIRE(plain);
    CHECK(*plain == Message(0x0120).question(Type::mx).bytes());

    const auto edns = milter::resolver::make_query({"a.test", Type::mx}, id, true);
    REQUIRE(edns);
    const Message expected =
        Message(0x0120, {1, 0, 0, 1}).question(Type::mx).u8(0).u16(41).u16(1232).u32(0).u16(0);
    CHECK(*edns == expected.bytes());
}

TEST_CASE("odd bytes of a name travel as they are") {
    const auto query = milter::resolver::make_query({"a\\b \xff.test", Type::a}, id, false);
    REQUIRE(query);
    CHECK(*query == Message(0x0120).label("a\\b \xff").label("test").u8(0).u16(1).u16(1).bytes());
}

TEST_CASE("no query carries what cannot be a name") {
    const std::string long_label(64, 'a');
    std::string long_name;
    for (int i = 0; i < 64; ++i) {
        long_name += "abc.";
    }
    for (const std::string& name :
         {""s, "a..b"s, ".a"s, "a."s, "a\0b"s, "UPPER.test"s, long_label, long_name}) {
        INFO(name);
        CHECK_FALSE(milter::resolver::make_query({name, Type::a}, id, true));
        CHECK(milter::resolver::read_response(Message(response).question().bytes(), {name, Type::a}, id)
                  .answer == dns::failed(Failure::malformed));
    }
}

TEST_CASE("ids are spread") {
    std::set<std::uint16_t> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(milter::resolver::random_id());
    }
    CHECK(seen.size() > 900); // the chance to see fewer is nil
}

TEST_CASE("well-formed replies become answers") {
    const std::vector<ReplyCase> cases{
        {"addresses, in order, with the least TTL",
         "a.test 300 A 192.0.2.9\na.test 200 A 192.0.2.1",
         {"a.test", Type::a},
         addresses(200, {"192.0.2.9", "192.0.2.1"})},
        {"IPv6 addresses",
         "a.test 60 AAAA 2001:db8::1",
         {"a.test", Type::aaaa},
         addresses(60, {"2001:db8::1"})},
        {"names fold to lower case",
         "A.Test 60 MX 10 Mail.A.TEST.\na.test 60 MX 5 b.test",
         {"a.test", Type::mx},
         exchanges(60, {{10, "mail.a.test"}, {5, "b.test"}})},
        {"RFC 7505: the null MX is an empty host",
         "a.test 60 MX 0 .",
         {"a.test", Type::mx},
         exchanges(60, {{0, ""}})},
        {"strings of a text are joined, texts are not",
         "a.test 60 TXT \"v=spf1\" \" -all\"\na.test 60 TXT \"other\"",
         {"a.test", Type::txt},
         texts(60, {"v=spf1 -all", "other"})},
        {"texts keep every byte",
         R"(a.test 60 TXT "a\000b\255\"\\")",
         {"a.test", Type::txt},
         texts(60, {"a\0b\xff\"\\"s})},
        {"an empty text", "a.test 60 TXT \"\"", {"a.test", Type::txt}, texts(60, {""})},
        {"pointers", "1.test 60 PTR A.test", {"1.test", Type::ptr}, names(60, {"a.test"})},
        {"an alias leads on, the TTL is the least of the chain",
         "a.test 50 CNAME b.test\nb.test 60 CNAME c.test\nc.test 70 A 192.0.2.1",
         {"a.test", Type::a},
         addresses(50, {"192.0.2.1"}, true)},
        {"asked for the alias itself, nothing is followed",
         "a.test 50 CNAME B.test\nb.test 60 CNAME c.test",
         {"a.test", Type::cname},
         names(50, {"b.test"}, true)},
    };
    check(cases);
}

TEST_CASE("replies without the records asked for become answers that say why") {
    const std::vector<ReplyCase> cases{
        {"no such name, RFC 2308 5: the SOA's minimum",
         "b.test 60 A 192.0.2.1",
         {"a.test", Type::a},
         negative(Status::no_name, 60)},
        {"no such type", "a.test 60 A 192.0.2.1", {"a.test", Type::mx}, negative(Status::no_data, 60)},
        {"an empty non-terminal exists",
         "b.a.test 60 A 192.0.2.1",
         {"a.test", Type::a},
         negative(Status::no_data, 60)},
        {"RFC 6604: an alias of nothing exists, its target does not",
         "a.test 30 CNAME gone.test",
         {"a.test", Type::a},
         negative(Status::no_name, 30, true)},
        {"an alias of a name without the type",
         "a.test 300 CNAME b.test\nb.test 60 A 192.0.2.1",
         {"a.test", Type::mx},
         negative(Status::no_data, 60, true)},
        {"a loop of aliases is no answer",
         "a.test 60 CNAME b.test\nb.test 60 CNAME a.test",
         {"a.test", Type::a},
         dns::failed(Failure::malformed)},
        {"an alias of itself is no answer",
         "a.test 60 CNAME a.test",
         {"a.test", Type::a},
         dns::failed(Failure::malformed)},
    };
    check(cases);
}

TEST_CASE("names that cannot be asked for are kept apart or passed over") {
    const std::vector<ReplyCase> cases{
        {"a mail host with a dot in a label counts, but cannot be asked for",
         "a.test 60 MX 1 evil\\.example.test\na.test 60 MX 2 b.test",
         {"a.test", Type::mx},
         exchanges(60, {{1, ".evil.example.test"}, {2, "b.test"}})},
        {"a mail host with a NUL counts, too",
         R"(a.test 60 MX 1 a\000.test)",
         {"a.test", Type::mx},
         exchanges(60, {{1, ".a\0.test"s}})},
        {"a reverse name with a dot in a label is passed over",
         "1.test 60 PTR evil\\.example.test\n1.test 60 PTR b.test",
         {"1.test", Type::ptr},
         names(60, {"b.test"})},
        {"a reverse name with a NUL is passed over",
         R"(1.test 60 PTR a\000.test)",
         {"1.test", Type::ptr},
         negative(Status::no_data, 60)},
        {"other odd bytes stay",
         R"(1.test 60 PTR a\032\(\255.test)",
         {"1.test", Type::ptr},
         names(60, {"a (\xff.test"})},
        {"records of other names and types do not count",
         "a.test 60 A 192.0.2.1\na.test 60 TXT \"x\"\nb.test 60 A 192.0.2.2",
         {"a.test", Type::a},
         addresses(60, {"192.0.2.1"})},
    };
    check(cases);
}

TEST_CASE("a chain of aliases is followed up to its limit") {
    for (const std::size_t length :
         {milter::resolver::Limits::aliases, milter::resolver::Limits::aliases + 1}) {
        support::DnsZone zone;
        for (std::size_t i = 0; i < length; ++i) {
            zone.add("n" + std::to_string(i) + ".test 60 CNAME n" + std::to_string(i + 1) + ".test");
        }
        zone.add("n" + std::to_string(length) + ".test 60 A 192.0.2.1");
        const Question question{"n0.test", Type::a};
        const Answer answer = milter::resolver::read_response(reply_to(zone, question), question, id).answer;
        CHECK((answer.status == Status::found) == (length == milter::resolver::Limits::aliases));
    }
}

TEST_CASE("more records than the limit are refused, not cut") {
    for (const std::size_t count :
         {milter::resolver::Limits::records, milter::resolver::Limits::records + 1}) {
        Message message(response, {1, static_cast<std::uint16_t>(count), 0, 0});
        message.question();
        for (std::size_t i = 0; i < count; ++i) {
            message.record(Type::a, 60, "\1\2\3\4");
        }
        const Answer answer = read(message);
        if (count == milter::resolver::Limits::records) {
            CHECK(answer.addresses.size() == count);
        } else {
            CHECK(answer == dns::failed(Failure::malformed));
        }
    }
}

TEST_CASE("RCODEs stay apart") {
    struct Case {
        const char* name;
        std::uint16_t rcode;
        Answer expected;
        bool edns_refused;
    };
    const std::vector<Case> cases{{"NOERROR without records", 0, dns::no_data(), false},
                                  {"FORMERR", 1, dns::failed(Failure::refused), true},
                                  {"SERVFAIL", 2, dns::failed(Failure::server_failure), false},
                                  {"NXDOMAIN", 3, dns::no_name(), false},
                                  {"NOTIMP", 4, dns::failed(Failure::refused), false},
                                  {"REFUSED", 5, dns::failed(Failure::refused), false},
                                  {"YXDOMAIN", 6, dns::failed(Failure::refused), false},
                                  {"an RCODE nobody defined", 15, dns::failed(Failure::refused), false}};
    for (const Case& c : cases) {
        INFO(c.name);
        const Message message = Message(response | c.rcode).question();
        const auto got = milter::resolver::read_response(message.bytes(), {"a.test", Type::a}, id);
        CHECK(got.answer == c.expected);
        CHECK(got.edns_refused == c.edns_refused);
    }
}

TEST_CASE("RFC 6891 6.1.3: BADVERS does not pass for NOERROR") {
    const Message message =
        Message(response, {1, 0, 0, 1}).question().u8(0).u16(41).u16(1232).u32(0x01000000).u16(0);
    const auto got = milter::resolver::read_response(message.bytes(), {"a.test", Type::a}, id);
    CHECK(got.answer == dns::failed(Failure::refused));
    CHECK(got.edns_refused);
}

TEST_CASE("what an RCODE denies, no record affirms") {
    const Message message = Message(response | 3U, {1, 1, 0, 0}).question().record(Type::a, 60, "\1\2\3\4");
    CHECK(read(message) == dns::no_name());
}

TEST_CASE("what does not answer the question is malformed") {
    const std::string other_question = "\1b\4test\0\0\1\0\1"s;
    struct Case {
        const char* name;
        Message message;
    };
    const std::vector<Case> cases{
        {"a query", Message(query_flags).question()},
        {"another opcode", Message(status_opcode).question()},
        {"cut short", Message(truncated, {1, 1, 0, 0}).question().record(Type::a, 60, "\1\2\3\4")},
        {"no question", Message(response, {0, 0, 0, 0})},
        {"two questions", Message(response, {2, 0, 0, 0}).question().question()},
        {"another name", Message(response).raw(other_question)},
        {"another type", Message(response).question(Type::mx)},
        {"another class", Message(response).raw("\1a\4test\0\0\1\0\3"s)},
        {"more records promised than sent",
         Message(response, {1, 2, 0, 0}).question().record(Type::a, 60, "\1\2\3\4")},
        {"an address of three bytes",
         Message(response, {1, 1, 0, 0}).question().record(Type::a, 60, "\1\2\3")},
        {"a name that points at itself",
         Message(response, {1, 1, 0, 0}).question().u16(0xc018).u16(1).u16(1).u32(60).data("\1\2\3\4")},
        {"a text longer than its record",
         Message(response, {1, 1, 0, 0}).question().record(Type::txt, 60, "\5ab")},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(read(c.message) == dns::failed(Failure::malformed));
    }
    const milter::resolver::Packet other_id = Message(response).question().bytes();
    CHECK(milter::resolver::read_response(other_id, {"a.test", Type::a}, id + 1).answer ==
          dns::failed(Failure::malformed));
    CHECK(milter::resolver::read_response({}, {"a.test", Type::a}, id).answer ==
          dns::failed(Failure::malformed));
}

TEST_CASE("the question may come back in another case") {
    const Message message =
        Message(response, {1, 1, 0, 0}).raw("\1A\4TeSt\0\0\1\0\1"s).record(Type::a, 60, "\300\0\2\1"s);
    CHECK(read(message) == addresses(60, {"192.0.2.1"}));
}

TEST_CASE("RFC 2181 8: a TTL with the top bit set is zero") {
    const Message message =
        Message(response, {1, 1, 0, 0}).question().record(Type::a, 0x80000000, "\1\2\3\4");
    CHECK(read(message) == addresses(0, {"1.2.3.4"}));
}

TEST_CASE("RFC 2308 2.2: a referral is no answer") {
    const std::string nameserver = "\2ns\1b\0"s;
    const auto referral = [&](std::uint16_t flags) {
        return Message(flags, {1, 0, 1, 0}).question().u16(0xc00e).u16(2).u16(1).u32(60).data(nameserver);
    };
    CHECK(read(referral(response)) == dns::failed(Failure::refused));
    CHECK(read(referral(authoritative)) == dns::no_data());
}

TEST_CASE("an SOA of elsewhere says nothing about this name's negative TTL") {
    const auto with_soa = [&](std::string_view owner, std::uint32_t ttl, std::string_view minimum) {
        const std::string data = "\0\0"s + std::string(16, '\0') + std::string(minimum);
        return Message(response | 3U, {1, 0, 1, 0}).question().raw(owner).u16(6).u16(1).u32(ttl).data(data);
    };
    CHECK(read(with_soa("\4test\0"s, 100, "\0\0\0\x32"s)) == negative(Status::no_name, 50));
    CHECK(read(with_soa("\4test\0"s, 20, "\0\0\0\x32"s)) == negative(Status::no_name, 20));
    CHECK(read(with_soa("\5other\0"s, 100, "\0\0\0\x32"s)) == negative(Status::no_name, 0));
}

TEST_CASE("the AD bit is handed on") {
    support::DnsZone zone;
    zone.add("a.test 60 A 192.0.2.1");
    zone.add("a.test FAULT secure");
    const Question question{"a.test", Type::a};
    CHECK(milter::resolver::read_response(reply_to(zone, question), question, id).answer.secure);
    CHECK_FALSE(read(Message(response).question()).secure);
}

TEST_CASE("a reply cut at any byte is malformed") {
    support::DnsZone zone;
    zone.add("a.test 60 CNAME b.test");
    zone.add("b.test 60 MX 10 mail.b.test");
    const Question question{"a.test", Type::mx};
    const support::Bytes whole = reply_to(zone, question, false);
    REQUIRE(milter::resolver::read_response(whole, question, id).answer.status == Status::found);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        const auto part = milter::resolver::PacketView(whole).first(size);
        CHECK(milter::resolver::read_response(part, question, id).answer == dns::failed(Failure::malformed));
    }
}

TEST_CASE("mutated replies give well-formed answers") {
    support::DnsZone zone;
    zone.add("a.test 60 CNAME b.test");
    zone.add("b.test 60 CNAME c.test");
    zone.add("c.test 60 TXT \"v=spf1 include:_spf.example.org\" \" -all\"");
    zone.add("c.test 60 MX 10 mail.c.test");
    zone.add("c.test 60 A 192.0.2.1");
    zone.add("c.test 60 AAAA 2001:db8::1");
    zone.add("c.test 60 PTR x.c.test");
    std::mt19937 random(20240229);
    for (const Type type : {Type::a, Type::aaaa, Type::mx, Type::txt, Type::ptr, Type::cname}) {
        for (const char* name : {"a.test", "c.test", "gone.test"}) {
            const Question question{name, type};
            const support::Bytes whole = reply_to(zone, question);
            for (int round = 0; round < 4000; ++round) {
                support::Bytes bytes = whole;
                for (std::size_t changes = 1 + random() % 4; changes > 0; --changes) {
                    bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
                }
                bytes.resize(bytes.size() - (random() % 8 == 0 ? random() % bytes.size() : 0));
                const Answer answer = milter::resolver::read_response(bytes, question, id).answer;
                const std::size_t records = answer.addresses.size() + answer.exchanges.size() +
                                            answer.texts.size() + answer.names.size();
                const bool coherent = (answer.status == Status::found) == (records > 0) &&
                                      (answer.status == Status::failed) == (answer.failure != Failure::none);
                if (!coherent) {
                    FAIL(dns::print(question)
                         << ": " << dns::print(answer.status) << ", " << records << " records");
                }
            }
        }
    }
}
