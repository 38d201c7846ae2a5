// The resolver against a name server that misbehaves, with real packets over loopback.
#include "milter/resolver/resolv_conf.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/transport.h"
#include "support/catch.h"
#include "support/dns/server.h"
#include "unit/milter/resolver/server_at.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using dns::Answer;
using dns::AnswerPtr;
using dns::Failure;
using dns::Question;
using dns::Status;
using dns::Type;
using milter::resolver::CachingResolver;
using milter::resolver::Options;
using milter::resolver::Server;
using std::chrono::milliseconds;
using support::Behaviour;
using support::DnsServer;
using support::Fault;

namespace {

using Clock = std::chrono::steady_clock;

Server at_port(std::uint16_t port) {
    return {base::IpAddress(base::IpAddress::V4{127, 0, 0, 1}), port};
}

Server at(const DnsServer& server) {
    return at_port(server.port());
}

Options options_for(std::vector<Server> servers, milliseconds timeout = milliseconds(200)) {
    Options options;
    options.servers = std::move(servers);
    options.timeout = timeout;
    return options;
}

// Answers to any number of questions, in the order of asking.
class Answered {
  public:
    explicit Answered(milter::resolver::Resolver& resolver) : resolver_(resolver) {}

    void ask(const Question& question) {
        auto promise = std::make_shared<std::promise<AnswerPtr>>();
        futures_.push_back(promise->get_future());
        resolver_.ask(question, [promise](const AnswerPtr& answer) { promise->set_value(answer); });
    }
    [[nodiscard]] std::vector<AnswerPtr> wait() {
        std::vector<AnswerPtr> answers;
        for (auto& future : futures_) {
            answers.push_back(future.get());
        }
        futures_.clear();
        return answers;
    }

  private:
    milter::resolver::Resolver& resolver_;
    std::vector<std::future<AnswerPtr>> futures_;
};

AnswerPtr ask(milter::resolver::Resolver& resolver, const std::string& name, Type type = Type::a) {
    Answered answered(resolver);
    answered.ask({name, type});
    return answered.wait().front();
}

milliseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - start);
}

std::string print(const Answer& answer) {
    if (answer.status == Status::failed) {
        return dns::print(answer.failure);
    }
    std::string text = dns::print(answer.status);
    for (const auto& address : answer.addresses) {
        text += " " + address.print();
    }
    return text + (answer.secure ? " secure" : "");
}

} // namespace

TEST_CASE("one server's faults") {
    struct Case {
        const char* name;
        Behaviour behaviour;
        const char* expected;
        std::size_t queries; // that reach the server
    };
    const std::vector<Case> cases{
        {"none", {}, "found 192.0.2.1", 1},
        {"a validating resolver", {.secure = true}, "found 192.0.2.1 secure", 1},
        {"slow, but in time", {.delay = milliseconds(100)}, "found 192.0.2.1", 1},
        {"silence, in two rounds", {Fault::drop}, "timeout", 2},
        {"SERVFAIL", {Fault::servfail}, "SERVFAIL", 1},
        {"REFUSED", {Fault::refused}, "refused", 1},
        {"NOTIMP", {Fault::notimp}, "refused", 1},
        {"FORMERR, with and without EDNS", {Fault::formerr}, "refused", 2},
        {"FORMERR because of EDNS", {Fault::formerr_on_edns}, "found 192.0.2.1", 2},
        {"EDNS swallowed", {Fault::drop_edns}, "found 192.0.2.1", 2},
        {"truncated, TCP works", {Fault::truncate}, "found 192.0.2.1", 2},
        {"truncated, TCP hangs up, twice", {Fault::truncate_no_tcp}, "timeout", 4},
        {"truncated, TCP hangs up within the answer, twice", {Fault::truncate_half}, "timeout", 4},
        {"truncated, TCP is silent, twice", {Fault::truncate_stall}, "timeout", 4},
        {"half an answer", {Fault::half}, "malformed answer", 1},
        {"junk behind the question", {Fault::garbage}, "malformed answer", 1},
        {"a forgery with another id", {Fault::forged_id}, "found 192.0.2.1", 1},
        {"a forgery with another question", {Fault::forged_question}, "found 192.0.2.1", 1},
        {"a forgery from another port", {Fault::forged_port}, "found 192.0.2.1", 1},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        DnsServer server;
        server.add("a.test 60 A 192.0.2.1");
        server.behave(c.behaviour);
        CachingResolver resolver(options_for({at(server)}));
        CHECK(print(*ask(resolver, "a.test")) == c.expected);
        CHECK(server.query_count() == c.queries);
    }
}

TEST_CASE("datagrams that are no messages do not spoil the answer") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    server.behave({Fault::noise});
    CachingResolver resolver(options_for({at(server)}));
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.1");
}

TEST_CASE("no name, no data and an alias arrive as such") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    server.add("alias.test 60 CNAME A.test");
    server.add("dangling.test 60 CNAME gone.test");
    CachingResolver resolver(options_for({at(server)}));
    CHECK(print(*ask(resolver, "gone.test")) == "NXDOMAIN");
    CHECK(print(*ask(resolver, "a.test", Type::mx)) == "no data");
    const AnswerPtr alias = ask(resolver, "alias.test");
    CHECK(print(*alias) == "found 192.0.2.1");
    CHECK(alias->aliased);
    const AnswerPtr dangling = ask(resolver, "dangling.test");
    CHECK(print(*dangling) == "NXDOMAIN");
    CHECK(dangling->aliased);
}

TEST_CASE("a name that no message can carry is answered without asking") {
    DnsServer server;
    CachingResolver resolver(options_for({at(server)}));
    CHECK(ask(resolver, "a..test")->status == Status::no_name);
    CHECK(ask(resolver, "")->status == Status::no_name);
    CHECK(server.query_count() == 0);
}

TEST_CASE("answers of any size arrive, over UDP where they fit") {
    struct Case {
        std::size_t strings; // of 200 bytes
        bool tcp;
    };
    for (const Case& c : {Case{1, false}, Case{5, false}, Case{7, true}, Case{250, true}}) {
        DnsServer server;
        std::string line = "a.test 60 TXT";
        for (std::size_t i = 0; i < c.strings; ++i) {
            line += " \"" + std::string(200, 'x') + "\"";
        }
        server.add(line);
        CachingResolver resolver(options_for({at(server)}, milliseconds(1000)));
        const AnswerPtr answer = ask(resolver, "a.test", Type::txt);
        REQUIRE(answer->texts.size() == 1);
        CHECK(answer->texts.front() == std::string(200 * c.strings, 'x'));
        CHECK(server.seen().back().tcp == c.tcp);
    }
}

TEST_CASE("a server may have an IPv6 address") {
    std::unique_ptr<DnsServer> server;
    try {
        server = std::make_unique<DnsServer>("::1");
    } catch (const std::system_error& error) {
        WARN("skipped: no IPv6 loopback here: " << error.what());
        return;
    }
    server->add("a.test 60 A 192.0.2.1");
    server->behave({Fault::truncate}); // so that TCP is used, too
    CachingResolver resolver(
        options_for({{base::IpAddress::parse("::1").value(), server->port()}}, milliseconds(1000)));
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.1");
    CHECK(server->seen().back().tcp);
}

TEST_CASE("what a server lacks is remembered") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    server.behave({Fault::formerr_on_edns});
    CachingResolver resolver(options_for({at(server)}));
    // The first name's FORMERR could be its owner's doing; the second one's is the server's.
    for (int i = 0; i < 4; ++i) {
        CHECK(ask(resolver, fmt::format("n{}.test", i))->status == Status::no_name);
    }
    const auto seen = server.seen();
    REQUIRE(seen.size() == 6);
    CHECK(std::ranges::count_if(seen, [](const auto& query) { return query.edns; }) == 2);
    CHECK_FALSE(seen.back().edns);
}

TEST_CASE("one owner's FORMERR does not take EDNS from others") {
    DnsServer server;
    for (int i = 0; i < 4; ++i) {
        server.add(fmt::format("n{}.evil.test FAULT formerr_on_edns", i));
    }
    CachingResolver resolver(options_for({at(server)}));
    for (int i = 0; i < 4; ++i) {
        CHECK(ask(resolver, fmt::format("n{}.evil.test", i))->status == Status::no_name);
    }
    CHECK(server.query_count() == 8);
    CHECK(ask(resolver, "a.test")->status == Status::no_name);
    CHECK(server.seen().back().edns);
    // From now on the server is known to know EDNS, whoever says otherwise.
    server.add("a.evil1.test FAULT formerr_on_edns");
    server.add("a.evil2.test FAULT formerr_on_edns");
    CHECK(ask(resolver, "a.evil1.test")->status == Status::no_name);
    CHECK(ask(resolver, "a.evil2.test")->status == Status::no_name);
    CHECK(ask(resolver, "b.test")->status == Status::no_name);
    CHECK(server.seen().back().edns);
}

TEST_CASE("who stalls or hangs up over TCP keeps no other from an answer") {
    DnsServer server;
    for (int i = 0; i < 20; ++i) {
        server.add(fmt::format("n{}.stall.test FAULT truncate_stall", i));
        server.add(fmt::format("n{}.close.test FAULT truncate_no_tcp", i));
        server.add(fmt::format("n{}.good{}.test 60 A 192.0.2.1", i, i));
        server.add(fmt::format("n{}.good{}.test FAULT truncate", i, i));
        server.add(fmt::format("n{}.good{}.test FAULT delay=20", i, i));
    }
    CachingResolver resolver(options_for({at(server)}, milliseconds(1000)));
    Answered bad(resolver);
    Answered good(resolver);
    for (int i = 0; i < 20; ++i) {
        bad.ask({fmt::format("n{}.stall.test", i), Type::a});
        bad.ask({fmt::format("n{}.close.test", i), Type::a});
        good.ask({fmt::format("n{}.good{}.test", i, i), Type::a});
    }
    for (const AnswerPtr& answer : good.wait()) {
        CHECK(print(*answer) == "found 192.0.2.1");
    }
    for (const AnswerPtr& answer : bad.wait()) {
        CHECK(print(*answer) == "timeout");
    }
    const auto seen = server.seen();
    CHECK(std::ranges::count_if(seen, [](const auto& query) {
              return query.tcp && query.name.ends_with(".stall.test.");
          }) == milter::resolver::TcpAdmission::per_owner);
}

TEST_CASE("a server whose TCP is silent is made up for by another") {
    DnsServer mute;
    mute.behave({Fault::truncate_stall});
    DnsServer good;
    for (int i = 0; i < 4; ++i) {
        good.add(fmt::format("n{}.a.test 60 A 192.0.2.1", i));
    }
    good.behave({Fault::truncate});
    CachingResolver resolver(options_for({at(mute), at(good)}, milliseconds(100)));
    for (int i = 0; i < 4; ++i) {
        CHECK(print(*ask(resolver, fmt::format("n{}.a.test", i))) == "found 192.0.2.1");
    }
}

TEST_CASE("a silent first server is paid for once") {
    DnsServer dead;
    dead.behave({Fault::drop});
    DnsServer alive;
    alive.add("a.test 60 A 192.0.2.1");
    CachingResolver resolver(options_for({at(dead), at(alive)}, milliseconds(2000)));
    auto start = Clock::now();
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.1");
    CHECK(since(start) >= milliseconds(1000));
    CHECK(since(start) < milliseconds(1500));
    start = Clock::now();
    CHECK(ask(resolver, "b.test")->status == Status::no_name);
    CHECK(since(start) < milliseconds(500));
    CHECK(dead.query_count() == 1);
}

TEST_CASE("a closed port is passed over at once") {
    std::uint16_t closed = 0;
    {
        const DnsServer gone;
        closed = gone.port();
    }
    DnsServer alive;
    alive.add("a.test 60 A 192.0.2.1");
    CachingResolver resolver(options_for({at_port(closed), at(alive)}, milliseconds(2000)));
    const auto start = Clock::now();
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.1");
    CHECK(since(start) < milliseconds(500));

    Options options = options_for({at_port(closed)});
    std::vector<std::string> reports;
    options.report = [&reports](std::string_view line) { reports.emplace_back(line); };
    CachingResolver nobody(options);
    CHECK(print(*ask(nobody, "a.test")) == "refused");
    CHECK(reports == std::vector<std::string>{
                         fmt::format("a nameserver cannot be reached: 127.0.0.1:{} (Connection refused), "
                                     "asked for A a.test",
                                     closed)});
}

TEST_CASE("that no server answers is told when one is silent and the other's port is closed") {
    std::uint16_t closed = 0;
    {
        const DnsServer gone;
        closed = gone.port();
    }
    struct Case {
        const char* name;
        Fault fault;
        const char* expected;
        bool told;
    };
    for (const Case& c : {Case{"silence", Fault::drop, "refused", true},
                          Case{"junk", Fault::garbage, "malformed answer", false},
                          Case{"REFUSED", Fault::refused, "refused", false}}) {
        INFO(c.name);
        DnsServer other;
        other.behave({c.fault});
        std::vector<std::string> reports;
        {
            Options options = options_for({at(other), at_port(closed)}, milliseconds(100));
            options.report = [&reports](std::string_view line) { reports.emplace_back(line); };
            CachingResolver resolver(options);
            CHECK(print(*ask(resolver, "a.test")) == c.expected);
        }
        CHECK((std::ranges::find(reports, "no nameserver answered in time: A a.test") != reports.end()) ==
              c.told);
    }
}

TEST_CASE("the second server is asked when the first fails, and its word counts") {
    struct Case {
        const char* name;
        Behaviour first, second;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"SERVFAIL, then an answer", {Fault::servfail}, {}, "found 192.0.2.1"},
        {"REFUSED, then an answer", {Fault::refused}, {}, "found 192.0.2.1"},
        {"junk, then an answer", {Fault::garbage}, {}, "found 192.0.2.1"},
        {"SERVFAIL twice", {Fault::servfail}, {Fault::servfail}, "SERVFAIL"},
        {"REFUSED twice", {Fault::refused}, {Fault::refused}, "refused"},
        {"SERVFAIL and silence", {Fault::servfail}, {Fault::drop}, "SERVFAIL"},
        {"silence and REFUSED", {Fault::drop}, {Fault::refused}, "refused"},
        {"silence twice", {Fault::drop}, {Fault::drop}, "timeout"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        DnsServer first;
        DnsServer second;
        for (DnsServer* server : {&first, &second}) {
            server->add("a.test 60 A 192.0.2.1");
        }
        first.behave(c.first);
        second.behave(c.second);
        CachingResolver resolver(options_for({at(first), at(second)}, milliseconds(100)));
        CHECK(print(*ask(resolver, "a.test")) == c.expected);
    }
}

TEST_CASE("a cached answer comes before ask() returns") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    CachingResolver resolver(options_for({at(server)}));
    const AnswerPtr first = ask(resolver, "a.test");
    AnswerPtr second;
    resolver.ask({"a.test", Type::a}, [&second](const AnswerPtr& answer) { second = answer; });
    CHECK(second == first);
    CHECK(server.query_count() == 1);
    const auto statistics = resolver.statistics();
    CHECK(statistics.questions == 2);
    CHECK(statistics.cache_hits == 1);
    CHECK(statistics.sent == 1);
    CHECK(statistics.cache_entries == 1);
    CHECK(statistics.cache_bytes > 0);
    CHECK(statistics.failures == 0);
}

TEST_CASE("what is cached is recalled, what is not is not asked for") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    CachingResolver resolver(options_for({at(server)}));
    CHECK(resolver.recall({"a.test", Type::a}) == nullptr);
    CHECK(server.query_count() == 0);
    CHECK(resolver.statistics().questions == 0);
    const AnswerPtr answer = ask(resolver, "a.test");
    CHECK(resolver.recall({"a.test", Type::a}) == answer);
    CHECK(resolver.recall({"a.test", Type::mx}) == nullptr);
    CHECK(resolver.statistics().questions == 2);
    CHECK(resolver.statistics().cache_hits == 1);
}

TEST_CASE("failures and negative answers are cached, a TTL of zero is not") {
    DnsServer server;
    server.add("zero.test 0 A 192.0.2.1");
    server.add("broken.test FAULT servfail");
    server.add("silent.test FAULT drop");
    CachingResolver resolver(options_for({at(server)}, milliseconds(50)));
    struct Case {
        const char* name;
        std::size_t queries; // for two questions
    };
    for (const Case& c :
         {Case{"zero.test", 2}, Case{"broken.test", 1}, Case{"silent.test", 2}, Case{"gone.test", 1}}) {
        INFO(c.name);
        const std::size_t before = server.query_count();
        const AnswerPtr first = ask(resolver, c.name);
        const AnswerPtr second = ask(resolver, c.name);
        CHECK(*first == *second);
        CHECK(server.query_count() - before == c.queries);
    }
    CHECK(resolver.statistics().failures == 4);
}

TEST_CASE("who asks the same at the same time shares one query") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    server.behave({.delay = milliseconds(100)});
    CachingResolver resolver(options_for({at(server)}, milliseconds(1000)));
    Answered answered(resolver);
    for (int i = 0; i < 50; ++i) {
        answered.ask({"a.test", Type::a});
        answered.ask({"a.test", Type::mx});
    }
    for (const AnswerPtr& answer : answered.wait()) {
        CHECK(answer->status != Status::failed);
    }
    CHECK(server.query_count() == 2);
    CHECK(resolver.statistics().joined == 98);
}

TEST_CASE("over the limit of open questions the answer is a failure at once, which is not cached") {
    DnsServer server;
    server.behave({.delay = milliseconds(100)});
    Options options = options_for({at(server)}, milliseconds(1000));
    options.max_questions_in_flight = 2;
    std::vector<std::string> reports;
    options.report = [&reports](std::string_view line) { reports.emplace_back(line); };
    CachingResolver resolver(options);
    Answered open(resolver);
    open.ask({"a.test", Type::a});
    open.ask({"b.test", Type::a});
    AnswerPtr refused;
    resolver.ask({"c.test", Type::a}, [&refused](const AnswerPtr& answer) { refused = answer; });
    REQUIRE(refused != nullptr);
    CHECK(print(*refused) == "timeout");
    CHECK(reports == std::vector<std::string>{"too many DNS questions are open: A c.test"});
    for (const AnswerPtr& answer : open.wait()) {
        CHECK(print(*answer) == "NXDOMAIN");
    }
    CHECK(print(*ask(resolver, "c.test")) == "NXDOMAIN");
}

TEST_CASE("the end of the resolver answers what is open, and what is asked meanwhile") {
    DnsServer server;
    server.behave({Fault::drop});
    std::atomic<int> answered{0};
    std::atomic<int> again{0};
    {
        CachingResolver resolver(options_for({at(server)}, milliseconds(60000)));
        for (int i = 0; i < 200; ++i) {
            const Question question{fmt::format("n{}.test", i), Type::a};
            resolver.ask(question, [&](const AnswerPtr& answer) {
                answered += answer->failure == Failure::timeout ? 1 : 0;
                resolver.ask({"other.test", Type::a}, [&](const AnswerPtr& late) {
                    again += late->failure == Failure::timeout ? 1 : 0;
                });
            });
        }
    }
    CHECK(answered == 200);
    CHECK(again == 200);
}

TEST_CASE("what a callback throws does not harm the resolver") {
    DnsServer server;
    server.add("a.test 60 A 192.0.2.1");
    Options options = options_for({at(server)});
    std::promise<std::string> reported;
    options.report = [&reported](std::string_view line) { reported.set_value(std::string(line)); };
    CachingResolver resolver(options);
    resolver.ask({"a.test", Type::a}, [](const AnswerPtr&) { throw std::runtime_error("out of\ncheese"); });
    CHECK(reported.get_future().get() == R"(a receiver of a DNS answer failed: out of\x0acheese)");
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.1");
    resolver.ask({"a.test", Type::a}, [](const AnswerPtr&) { throw 42; });
    CHECK(resolver.statistics().callback_errors == 2);
}

TEST_CASE("ids and ports are hard to foresee") {
    DnsServer server;
    CachingResolver resolver(options_for({at(server)}, milliseconds(1000)));
    Answered answered(resolver);
    constexpr std::size_t count = 400;
    for (std::size_t i = 0; i < count; ++i) {
        answered.ask({fmt::format("n{}.test", i), Type::a});
    }
    CHECK(answered.wait().size() == count);
    std::map<std::uint16_t, std::size_t> by_port;
    std::set<std::uint16_t> ids;
    for (const auto& query : server.seen()) {
        ++by_port[query.port];
        ids.insert(query.id);
    }
    CHECK(by_port.size() > count / milter::resolver::Transport::queries_per_port);
    CHECK(std::ranges::all_of(by_port, [](const auto& entry) {
        return entry.second <= milter::resolver::Transport::queries_per_port;
    }));
    CHECK(ids.size() > count - 20);
}

TEST_CASE("many questions from many threads are all answered") {
    DnsServer server;
    for (int i = 0; i < 100; ++i) {
        server.add(fmt::format("n{}.test 60 A 192.0.2.{}", i, i));
    }
    Options options = options_for({at(server)}, milliseconds(2000));
    options.cache_bytes = 8192; // so that answers come and go
    CachingResolver resolver(options);
    std::atomic<int> wrong{0};
    const auto worker = [&](int offset) {
        Answered answered(resolver);
        for (int i = 0; i < 500; ++i) {
            answered.ask({fmt::format("n{}.test", (i + offset) % 100), Type::a});
        }
        int i = offset;
        for (const AnswerPtr& answer : answered.wait()) {
            wrong += print(*answer) == fmt::format("found 192.0.2.{}", i++ % 100) ? 0 : 1;
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(worker, i * 7);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
    CHECK(resolver.statistics().questions == 2000);
    CHECK(resolver.statistics().evicted > 0);
}

TEST_CASE("silence of all servers is reported") {
    DnsServer server;
    server.behave({Fault::drop});
    Options options = options_for({at(server)}, milliseconds(50));
    std::promise<std::string> reported;
    options.report = [&reported](std::string_view line) { reported.set_value(std::string(line)); };
    CachingResolver resolver(options);
    CHECK(print(*ask(resolver, "a.test")) == "timeout");
    CHECK(reported.get_future().get() == "no nameserver answered in time: A a.test");
}

namespace {

// A file in a directory of its own that goes away with it.
class ScratchFile {
  public:
    ScratchFile() {
        std::string path = (std::filesystem::temp_directory_path() / "paraph-XXXXXX").string();
        if (mkdtemp(path.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), path);
        }
        directory_ = path;
    }
    ~ScratchFile() { std::filesystem::remove_all(directory_); }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    [[nodiscard]] std::string path() const { return directory_ / "resolv.conf"; }
    // As resolvconf and its kin do: a new file in the old one's place.
    void replace(const std::string& text) const {
        const std::string next = directory_ / "next";
        std::ofstream(next) << text;
        std::filesystem::rename(next, path());
    }

  private:
    std::filesystem::path directory_;
};

} // namespace

TEST_CASE("resolv.conf is read again when it changes, and not too often") {
    const ScratchFile file;
    milter::resolver::ResolvConf conf(file.path());
    using Servers = std::vector<Server>;
    milter::resolver::ResolvConf::Time now{std::chrono::hours(1)};
    const auto later = [&now] { return now += milter::resolver::ResolvConf::look_interval; };

    CHECK(conf.changed(now) == Servers{at_port(53)}); // no such file
    CHECK(conf.changed(later()) == std::nullopt);
    file.replace("nameserver 192.0.2.1\n");
    CHECK(conf.changed(now) == std::nullopt); // looked a moment ago
    CHECK(conf.changed(later()) == Servers{test::server_at("192.0.2.1")});
    CHECK(conf.changed(later()) == std::nullopt);
    file.replace("nameserver 192.0.2.2\n");
    CHECK(conf.changed(later()) == Servers{test::server_at("192.0.2.2")});
    std::filesystem::remove(file.path());
    CHECK(conf.changed(later()) == std::nullopt); // keeps what it knows
    file.replace("nameserver 192.0.2.3\n");
    CHECK(conf.changed(later()) == Servers{test::server_at("192.0.2.3")});
}

TEST_CASE("the resolver follows resolv.conf") {
    std::unique_ptr<DnsServer> first;
    std::unique_ptr<DnsServer> second;
    constexpr std::uint16_t dns_port = 53; // resolv.conf knows no other
    try {
        first = std::make_unique<DnsServer>("127.53.53.1", dns_port);
        second = std::make_unique<DnsServer>("127.53.53.2", dns_port);
    } catch (const std::system_error& error) {
        WARN("skipped: port 53 is not ours to take: " << error.what());
        return;
    }
    first->add("a.test 0 A 192.0.2.1");
    second->add("a.test 0 A 192.0.2.2");
    const ScratchFile file;
    file.replace("nameserver 127.53.53.1\n");
    Options options = options_for({});
    options.resolv_conf = file.path();
    CachingResolver resolver(options);
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.1");
    file.replace("nameserver 127.53.53.2\n");
    const auto start = Clock::now();
    while (print(*ask(resolver, "a.test")) != "found 192.0.2.2" && since(start) < milliseconds(10000)) {
        std::this_thread::sleep_for(milliseconds(50));
    }
    CHECK(print(*ask(resolver, "a.test")) == "found 192.0.2.2");
    CHECK(since(start) < milliseconds(4000));
}
