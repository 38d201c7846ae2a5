// What rotation is put together from: keys of updates, programs, sightings, files.
#include "milter/tool/rotation/files.h"
#include "milter/tool/rotation/program.h"
#include "milter/tool/rotation/record_publisher.h"
#include "milter/tool/rotation/sightings.h"
#include "milter/tool/rotation/tsig_key.h"

#include "keys/published_record.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

using namespace milter::tool;
using namespace milter::tool::rotation;
using namespace std::chrono_literals;

TEST_CASE("keys of updates are read in both forms") {
    struct Case {
        const char* name;
        const char* text;
        const char* expected;
    };
    const Case cases[]{
        {"as tsig-keygen writes it",
         "key \"a.example.\" {\n\talgorithm hmac-sha256;\n\tsecret \"c2VjcmV0\";\n};\n",
         "hmac-sha256 a.example c2VjcmV0"},
        {"the secret first", "# mine\nkey a { secret c2VjcmV0; algorithm HMAC-SHA512; };",
         "hmac-sha512 a c2VjcmV0"},
        {"one line", "hmac-sha256:a:c2VjcmV0\n", "hmac-sha256 a c2VjcmV0"},
        {"a secret with two slashes", "key a { // mine\nalgorithm hmac-sha256; secret \"c2//cmV0\"; };",
         "hmac-sha256 a c2//cmV0"},
        {"a secret that begins with them", "key a { algorithm hmac-sha256; secret \"//VjcmV0\"; };",
         "hmac-sha256 a //VjcmV0"},
        {"one line with them", "hmac-sha256:a:c2//cmV0 # mine\n", "hmac-sha256 a c2//cmV0"},
        {"a weak algorithm", "hmac-md5:a:c2VjcmV0", ""},
        {"another weak one", "hmac-sha1:a:c2VjcmV0", ""},
        {"one that cannot be used", "hmac-sha384:a:c2VjcmV0", ""},
        {"a longer one", "hmac-sha512:a:c2VjcmV0", "hmac-sha512 a c2VjcmV0"},
        {"no base64", "hmac-sha256:a:c2Vj*", ""},
        {"no name", "hmac-sha256:a b:c2VjcmV0", ""},
        {"two keys", "hmac-sha256:a:c2VjcmV0\nhmac-sha256:b:c2VjcmV0\n", ""},
        {"nothing", "", ""},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto key = parse_tsig_key(test.text);
        CHECK((key ? key->algorithm + ' ' + key->name + ' ' + key->secret : "") == test.expected);
        CHECK((key || key.error().find("c2Vj") == std::string::npos));
    }
}

TEST_CASE("a key of updates that others can read is refused") {
    const TemporaryTree tree;
    const auto path = tree.write("tsig", "hmac-sha256:a:c2VjcmV0\n");
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    REQUIRE(read_tsig_key(path));
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    CHECK_FALSE(read_tsig_key(path));
    CHECK_FALSE(read_tsig_key(path + "x"));
}

TEST_CASE("programs run without a shell, with what they are told, and not for ever") {
    // One that every program would have, if it were not closed.
    const int open = ::fcntl(STDIN_FILENO, F_DUPFD, 9);
    REQUIRE(open >= 9);
    constexpr auto patient = 20000ms; // no test waits for so long
    struct Case {
        const char* name;
        std::vector<std::string> command;
        std::string expected; // of the error
        std::chrono::milliseconds time = patient;
    };
    const Case cases[]{
        {"one that ends well", {"/bin/true"}, ""},
        {"arguments are no commands", {"/usr/bin/test", "$(id) ; `id`", "=", "$(id) ; `id`"}, ""},
        {"the environment is ours", {"/bin/sh", "-c", "test -z \"$SECRET\" -a \"$A\" = '1 2'"}, ""},
        {"no descriptor but the three",
         {"/bin/sh", "-c", "! test -e /proc/$$/fd/" + std::to_string(open)},
         ""},
        {"one that fails", {"/bin/sh", "-c", "echo why; exit 3"}, "/bin/sh exited with 3: why"},
        {"one that is not there", {"/nowhere"}, "/nowhere: No such file or directory"},
        {"one that hangs",
         {"/bin/sh", "-c", "sleep 600 & sleep 600"},
         "/bin/sh did not end in time and was killed",
         200ms},
        {"one that prints megabytes", {"/bin/sh", "-c", "head -c 5000000 /dev/zero"}, ""},
        {"one that leaves another running", {"/bin/sh", "-c", "sleep 40 &"}, ""},
    };
    setenv("SECRET", "1", 1);
    for (const Case& test : cases) {
        INFO(test.name);
        const auto done = run_program({test.command, {"A=1 2"}, test.time});
        CHECK((done ? "" : done.error()) == test.expected);
    }
    ::close(open);
}

namespace {

ServerView view(ServerView::Kind kind, const char* host, const std::string& text = "") {
    ServerView one{kind, {host, {*base::IpAddress::parse("192.0.2.1")}}, "example.org", {}};
    one.reply.kind = milter::resolver::DirectReply::Kind::answer;
    one.reply.authoritative = true;
    one.reply.ttl = 900;
    if (!text.empty()) {
        one.reply.texts = {text};
    } else {
        one.reply.rcode = 3;
    }
    one.negative_ttl = 120;
    return one;
}

} // namespace

TEST_CASE("what each server says about a key") {
    using Kind = ServerView::Kind;
    const auto generated = crypto::SigningKey::generate(crypto::KeyType::ed25519, 0);
    const auto other = crypto::SigningKey::generate(crypto::KeyType::ed25519, 0);
    REQUIRE((generated && other));
    const auto& key = *generated;
    const auto good = keys::record_value(key), wrong = keys::record_value(*other);
    auto without_soa = view(Kind::shown, "ns1", good);
    without_soa.negative_ttl.reset();
    struct Case {
        const char* name;
        std::vector<ServerView> servers;
        std::vector<std::string> no_address;
        std::string expected;
    };
    const Case cases[]{
        {"all show it",
         {view(Kind::shown, "ns1", good), view(Kind::shown, "ns2", good)},
         {},
         "shown:120 shown:120 "},
        {"one lies, and its record is remembered",
         {view(Kind::shown, "ns1", good), view(Kind::shown, "ns2", wrong)},
         {},
         "shown:120 not_shown:900 "},
        {"one lags", {view(Kind::none, "ns1")}, {}, "not_shown:900 "},
        {"one is silent", {view(Kind::silent, "ns1")}, {}, "failed:0 "},
        {"one does not tell how long it is remembered", {without_soa}, {}, "failed:0 "},
        {"no way to one address of a server",
         {view(Kind::shown, "ns1", good), view(Kind::no_way, "ns1")},
         {},
         "shown:120 "},
        {"no way to a server",
         {view(Kind::shown, "ns1", good), view(Kind::no_way, "ns2")},
         {},
         "shown:120 failed:0 "},
        {"one has no address", {view(Kind::shown, "ns1", good)}, {"ns2"}, "shown:120 failed:0 "},
        {"a record for tests only", {view(Kind::shown, "ns1", good + "; s=other")}, {}, "not_shown:900 "},
    };
    NamedKey name;
    name.domain = "example.org";
    name.selector = "s1";
    for (const Case& test : cases) {
        INFO(test.name);
        LiveRecord live;
        live.servers = test.servers;
        live.no_address = test.no_address;
        std::string told;
        for (const auto& one : sightings_of(name, &key, live)) {
            using Said = keys::Sighting::Said;
            told += one.said == Said::shown ? "shown" : one.said == Said::failed ? "failed" : "not_shown";
            told += ':' + std::to_string(one.negative_ttl.count()) + ' ';
        }
        CHECK(told == test.expected);
    }
}

TEST_CASE("of a key without its file it is asked whether there is any record") {
    using Kind = ServerView::Kind;
    NamedKey name;
    name.domain = "example.org";
    name.selector = "s1";
    LiveRecord live;
    live.servers = {view(Kind::none, "ns1"), view(Kind::shown, "ns2", "v=DKIM1; p=AAAA"),
                    view(Kind::silent, "ns3")};
    const auto seen = sightings_of(name, nullptr, live);
    REQUIRE(seen.size() == 3);
    using Said = keys::Sighting::Said;
    CHECK((seen[0].said == Said::not_shown && seen[0].empty));
    CHECK((seen[1].said == Said::not_shown && !seen[1].empty));
    CHECK((seen[2].said == Said::failed && !seen[2].empty));
}

TEST_CASE("what the daemon is to sign with, and that it has not read it yet") {
    const TemporaryTree tree;
    Files files(tree.root() + "/rotation", std::nullopt);
    REQUIRE(files.lock());
    Files second(tree.root() + "/rotation", std::nullopt);
    CHECK_FALSE(second.lock()); // two runs at once
    keys::RotatedKey own;
    keys::RotatedKey adopted;
    own.selector = "new";
    own.state = keys::KeyState::active;
    adopted.selector = "old";
    adopted.state = keys::KeyState::retired;
    const keys::RotationJournal journal{
        "example.org",
        {adopted, own},
        {{"old", "/etc/old.pem"}, {"new", files.key_file("example.org", "new")}}};
    REQUIRE(files.save(journal));
    CHECK(files.read_journal("example.org")->keys.size() == 2);
    CHECK(files.write_keys(journal, {"new"}).value());
    CHECK(files.write_keys(journal, {"new"}).value()); // it was written, and not read
    REQUIRE(files.note_reload("example.org"));
    CHECK_FALSE(files.write_keys(journal, {"new"}).value());
    CHECK(files.write_keys(journal, {}).value());
    REQUIRE(std::remove(files.journal_file("example.org").c_str()) == 0);
    CHECK_FALSE(files.read_journal("example.org")); // nobody knows what was published
}

TEST_CASE("a file of records keeps what a change says nothing about, or stays as it is") {
    const TemporaryTree tree;
    const Recursion nobody(
        [](const auto& questions) { return std::vector<milter::resolver::DirectReply>(questions.size()); },
        {});
    config::Rotation settings;
    settings.publish = config::PublishBy::zone_file;
    settings.zone_file = tree.path("%.zone");
    settings.zone_command = {"/bin/true"};
    const RecordChange change{true, "a.test", {"new", "new._domainkey.a.test", "v=DKIM1; p=AAAA"}};
    const auto record_of = [](const std::string& selector) {
        return selector + "._domainkey.a.test. 3600 IN TXT ( \"v=DKIM1; p=BBBB\" )\n";
    };
    const auto text = [&] { return keys::OpenFile(tree.path("a.test.zone")).read(4 << 20).value_or(""); };
    REQUIRE(change_record(change, settings, nobody)); // there is none
    CHECK(text().find("BBBB") == std::string::npos);
    tree.write("a.test.zone", record_of("mine") + record_of("new"));
    REQUIRE(change_record(change, settings, nobody));
    CHECK(text().find(record_of("mine")) != std::string::npos);
    CHECK(text().find(record_of("new")) == std::string::npos);
    const std::string large = record_of("mine") + std::string(2 << 20, '\n');
    tree.write("a.test.zone", large);
    CHECK_FALSE(change_record(change, settings, nobody)); // more than is read
    CHECK(text() == large);
}
