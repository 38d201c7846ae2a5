#include "milter/resolver/direct.h"

#include "raw_message.h"
#include "support/catch.h"
#include "support/dns/server.h"

using milter::resolver::DirectReply;
using milter::resolver::RecordType;
using test::RawMessage;
using namespace std::string_literals;

namespace {

constexpr std::uint16_t authoritative = 0x8400;
constexpr std::uint16_t txt = 16;
const std::string soa_data =
    "\2ns\4test\0\4root\4test\0"s + "\0\0\0\7"s + "\0\0\0\1\0\0\0\1\0\0\0\1"s + "\0\0\0\x3c"s;

DirectReply read(const RawMessage& message, std::uint16_t type = txt) {
    return milter::resolver::read_direct(message.bytes(), type);
}

} // namespace

TEST_CASE("a direct reply tells what one server said") {
    const auto found = read(RawMessage(authoritative, {1, 1, 0, 0})
                                .question(dns::Type::txt)
                                .record(dns::Type::txt, 300, "\3abc\2de"s));
    CHECK(found.kind == DirectReply::Kind::answer);
    CHECK(found.authoritative);
    CHECK(found.texts == std::vector<std::string>{"abcde"});
    CHECK(found.ttl == 300);

    auto negative = RawMessage(authoritative | 3U, {1, 0, 1, 0});
    negative.question(dns::Type::txt).raw("\4test\0"s).u16(RecordType::soa).u16(1).u32(600).data(soa_data);
    const auto none = read(negative);
    CHECK(none.is_answer(milter::resolver::ResponseCode::no_such_name));
    REQUIRE(none.soa);
    CHECK(*none.soa == milter::resolver::StartOfAuthority{"test", 7, 60});

    const auto alias = read(RawMessage(authoritative, {1, 1, 0, 0})
                                .question(dns::Type::txt)
                                .record(dns::Type::cname, 60, "\1b\4test\0"s));
    CHECK(alias.alias == "b.test");
    CHECK(alias.texts.empty());
    CHECK(alias.ttl == 60);
}

TEST_CASE("a direct reply holds nothing of other names, and survives what no server sends") {
    auto other = RawMessage(authoritative, {1, 1, 0, 0});
    other.question(dns::Type::txt).raw("\1x\4test\0"s).u16(txt).u16(1).u32(300).data("\3abc"s);
    CHECK(read(other).texts.empty());

    const auto circle = read(RawMessage(authoritative, {1, 1, 0, 0})
                                 .question(dns::Type::txt)
                                 .record(dns::Type::cname, 60, "\1a\4test\0"s));
    CHECK(circle.alias == "a.test");

    const auto whole = RawMessage(authoritative, {1, 1, 0, 0})
                           .question(dns::Type::txt)
                           .record(dns::Type::txt, 300, "\3abc\2de"s);
    for (std::size_t size = 0; size < whole.bytes().size(); ++size) {
        const auto part = milter::resolver::PacketView(whole.bytes()).first(size);
        CHECK(milter::resolver::read_direct(part, txt).kind == DirectReply::Kind::malformed);
    }
}

TEST_CASE("a silent server is not waited for again and again") {
    support::DnsServer silent;
    support::Behaviour drop;
    drop.fault = support::Fault::drop;
    silent.behave(drop);
    support::DnsServer good;
    good.add("a.test 300 TXT \"x\"");
    using milter::resolver::DirectAsker;
    DirectAsker asker({std::chrono::milliseconds(30), 1});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto server = [](const support::DnsServer& one) {
        return dns::Server{*base::IpAddress::parse("127.0.0.1"), one.port()};
    };
    for (int i = 0; i < 3 * DirectAsker::patience_with_one; ++i) {
        const auto replies =
            asker.ask_all({{server(silent), "a.test", txt}, {server(good), "a.test", txt, true}}, deadline);
        REQUIRE(replies.size() == 2);
        CHECK(replies[0].kind == DirectReply::Kind::silence);
        CHECK(replies[1].texts == std::vector<std::string>{"x"});
    }
    CHECK(silent.query_count() == DirectAsker::patience_with_one);
    CHECK(good.query_count() == 3 * DirectAsker::patience_with_one);
}
