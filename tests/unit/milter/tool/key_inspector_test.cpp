// Keys against the servers of a zone, over a DNS that is a table.
#include "milter/tool/key_inspector.h"

#include "keys/published_record.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <cerrno>
#include <map>
#include <tuple>

using milter::resolver::DirectQuestion;
using milter::resolver::DirectReply;
using milter::resolver::RecordType;
using namespace milter::tool;

namespace {

constexpr const char* resolver = "192.0.2.53";
constexpr const char* record = "s1._domainkey.example.org";
constexpr std::uint16_t txt = 16, a = 1, aaaa = 28;

DirectReply reply(unsigned rcode = 0) {
    DirectReply one;
    one.kind = DirectReply::Kind::answer;
    one.rcode = rcode;
    one.authoritative = true;
    one.soa = {"example.org", 7, 120};
    return one;
}

DirectReply text(const std::string& value) {
    auto one = reply();
    one.soa.reset();
    one.texts = {value};
    one.ttl = 300;
    return one;
}

DirectReply broken(DirectReply::Kind kind, int error = 0) {
    DirectReply one;
    one.kind = kind;
    one.error = error;
    return one;
}

// What is not in the table does not exist; a server that is not in it is silent.
struct Table {
    std::map<std::tuple<std::string, std::string, std::uint16_t>, DirectReply> replies;
    std::size_t asked = 0;
    std::size_t most_at_once = 0;

    Table() {
        add(resolver, record, RecordType::soa, reply(3));
        auto hosts = reply();
        hosts.names = {"ns1.example.org", "ns2.example.org"};
        add(resolver, "example.org", RecordType::ns, hosts);
        address("ns1.example.org", "192.0.2.1");
        address("ns2.example.org", "2001:db8::2");
        for (const char* server : {"192.0.2.1", "2001:db8::2"}) {
            add(server, "example.org", RecordType::soa, reply());
        }
    }
    void add(const std::string& server, const std::string& name, std::uint16_t type, DirectReply one) {
        replies[{server, name, type}] = std::move(one);
    }
    void address(const std::string& host, const std::string& text) {
        auto one = reply();
        one.addresses = {*base::IpAddress::parse(text)};
        add(resolver, host, one.addresses.front().is_v4() ? a : aaaa, one);
    }
    std::vector<DirectReply> ask(const std::vector<DirectQuestion>& questions) {
        asked += questions.size();
        most_at_once = std::max(most_at_once, questions.size());
        std::vector<DirectReply> found;
        for (const auto& question : questions) {
            const auto server = question.server.address.print();
            const auto known = replies.find({server, question.name, question.type});
            const auto absent = reply(3);
            found.push_back(known != replies.end() ? known->second : absent);
        }
        return found;
    }
};

KeyReport inspect(Table& table, const std::string& key_file) {
    NamedKey name;
    name.domain = "example.org";
    name.selector = "s1";
    name.file = key_file;
    const AskAll ask = [&](const std::vector<DirectQuestion>& questions) { return table.ask(questions); };
    const std::vector<NamedKey> all{name};
    return KeyInspector(Recursion(ask, {dns::parse_server(resolver).value()}), ask, all).inspect(name);
}

std::string all_of(const KeyReport& report) {
    std::string text;
    for (const auto& line : report.lines) {
        text += print(line.finding.kind);
        for (const auto& server : line.servers) {
            text += ' ' + server;
        }
        text += ": " + line.finding.text + '\n';
    }
    return text;
}

std::string good() {
    return keys::record_value(*crypto::SigningKey::from_pem(support::rsa_pem));
}

} // namespace

TEST_CASE("each authoritative server counts") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    auto lame = reply(5);
    lame.authoritative = false;
    auto recursing = text(good());
    recursing.authoritative = false;
    struct Case {
        const char* name;
        DirectReply second; // the first one and the resolver show the key
        KeyReport::Result result;
        std::string said;
    };
    using R = KeyReport::Result;
    using K = DirectReply::Kind;
    const Case cases[]{
        {"both show it", text(good()), R::good, ""},
        {"none there", reply(3), R::wrong,
         "wrong ns2.example.org (2001:db8::2): there is no record (NXDOMAIN)"},
        {"no data there", reply(0), R::wrong,
         "wrong ns2.example.org (2001:db8::2): there is no record (no data)"},
        {"another key there", text("v=DKIM1; k=rsa; p="), R::wrong,
         "wrong ns2.example.org (2001:db8::2): the key "
         "is revoked"},
        {"refuses", lame, R::open, "it is named as a server of the zone example.org and does not answer"},
        {"answers from elsewhere", recursing, R::open, "does not answer for it (found, not authoritative)"},
        {"silent", broken(K::silence), R::open, "open ns2.example.org (2001:db8::2): it gave no answer"},
        {"garbage", broken(K::malformed), R::open, "it gave no answer: malformed answer"},
        {"closed", broken(K::unreachable, ECONNREFUSED), R::open, "it gave no answer: Connection refused"},
        {"no route from here", broken(K::unreachable, ENETUNREACH), R::good,
         "note ns2.example.org (2001:db8::2): "
         "not asked"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        Table table;
        table.add(resolver, record, txt, text(good()));
        table.add("192.0.2.1", record, txt, text(good()));
        table.add("2001:db8::2", record, txt, test.second);
        const auto report = inspect(table, key);
        CAPTURE(all_of(report));
        CHECK(report.result() == test.result);
        CHECK(all_of(report).find(test.said) != std::string::npos);
    }
}

TEST_CASE("a zone none of whose servers can be asked has shown nothing") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    Table table;
    table.add(resolver, record, txt, text(good()));
    for (const char* server : {"192.0.2.1", "2001:db8::2"}) {
        table.add(server, record, txt, broken(DirectReply::Kind::unreachable, ENETUNREACH));
    }
    CHECK(inspect(table, key).result() == KeyReport::Result::open);
    table.add(resolver, record, txt, reply(3)); // what the resolver says is all that there is
    const auto report = inspect(table, key);
    CHECK(report.result() == KeyReport::Result::wrong);
    CHECK(all_of(report).find("by the resolver: there is no record") != std::string::npos);
}

TEST_CASE("what the resolver remembers keeps a key from being called good") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    struct Case {
        const char* name;
        DirectReply remembered;
        KeyReport::Result result;
        std::string said;
    };
    using R = KeyReport::Result;
    const Case cases[]{
        {"the key", text(good()), R::good, ""},
        {"that there was none", reply(3), R::open, "no record, for 120 seconds more (negative TTL)"},
        {"what was there before", text("v=DKIM1; p="), R::open,
         "what was there before, for 300 seconds more"},
        {"nothing it believes", reply(2), R::open, "look at DNSSEC"},
        {"nothing", broken(DirectReply::Kind::silence), R::open, "the resolver gave no answer"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        Table table;
        for (const char* server : {"192.0.2.1", "2001:db8::2"}) {
            table.add(server, record, txt, text(good()));
        }
        table.add(resolver, record, txt, test.remembered);
        const auto report = inspect(table, key);
        CAPTURE(all_of(report));
        CHECK(report.result() == test.result);
        CHECK(all_of(report).find(test.said) != std::string::npos);
    }
}

TEST_CASE("the zone is found by any resolver, and is never guessed") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    Table plain;
    for (const char* server : {"192.0.2.1", "2001:db8::2"}) {
        plain.add(server, record, txt, text(good()));
    }
    plain.add(resolver, record, txt, text(good()));

    Table terse = plain; // leaves out the authority section
    auto empty = reply(3);
    empty.soa.reset();
    for (const char* name : {record, "_domainkey.example.org"}) {
        terse.add(resolver, name, RecordType::soa, empty);
    }
    terse.add(resolver, "example.org", RecordType::soa, reply());
    CHECK(inspect(terse, key).result() == KeyReport::Result::good);

    Table foreign = plain; // names a zone that the record is not in
    auto elsewhere = reply(3);
    elsewhere.soa->zone = "example.net";
    for (const char* name : {record, "_domainkey.example.org", "example.org", "org"}) {
        foreign.add(resolver, name, RecordType::soa, elsewhere);
    }
    const auto report = inspect(foreign, key);
    CHECK(report.result() == KeyReport::Result::open);
    CHECK(all_of(report).find("no SOA record at or above it") != std::string::npos);
}

TEST_CASE("a zone's owner cannot make us ask without end") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    Table table;
    auto hosts = reply();
    for (int i = 0; i < 1000; ++i) {
        hosts.names.push_back("ns" + std::to_string(i) + ".example.org");
        auto many = reply();
        for (unsigned char last = 0; last < 200; ++last) {
            many.addresses.emplace_back(base::IpAddress::V4{198, 51, 100, last});
        }
        table.add(resolver, hosts.names.back(), a, many);
    }
    table.add(resolver, "example.org", RecordType::ns, hosts);
    CHECK(inspect(table, key).result() == KeyReport::Result::wrong);
    CHECK(table.most_at_once <= 2 * max_zone_hosts * max_host_addresses);

    Table circle; // an alias that leads to itself
    auto alias = reply();
    alias.alias = record;
    for (const char* server : {"192.0.2.1", "2001:db8::2"}) {
        circle.add(server, record, txt, alias);
    }
    const auto report = inspect(circle, key);
    CHECK(report.result() != KeyReport::Result::good);
    CHECK(all_of(report).find("more aliases than resolvers follow") != std::string::npos);
    CHECK(circle.asked < 200);
}
