#include "authenticate/exceptions.h"

#include "authenticate/circumstances.h"
#include "verdict_rows.h"

#include "support/catch.h"

#include <functional>
#include <string_view>
#include <vector>

using authenticate::Circumstances;
using authenticate::Evidence;
using authenticate::Exception;
using authenticate::Match;
using authenticate::OverrideType;
using authenticate::Verdict;
using dkim::Cause;

namespace {

base::IpNetwork network(std::string_view text) {
    return *base::IpNetwork::parse(text);
}

Circumstances circumstances() {
    Circumstances known;
    known.client = base::IpAddress::parse("192.0.2.1");
    known.mail_from = "<ann@example.org>";
    known.recipients = {"<bob@example.com>", "<cay@example.com>"};
    known.signs.list_id = "news.example.org";
    known.signs.list_post = "news@example.org";
    known.now = 1000;
    return known;
}

struct Case {
    std::string_view name;
    std::function<void(Exception&)> state;
    Match match;
};

void check(const std::vector<Case>& cases, const Verdict& verdict) {
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Exception exception;
        c.state(exception);
        CHECK(authenticate::match(exception, verdict, circumstances()) == c.match);
        exception.clients.push_back(network("198.51.100.0/24"));
        if (exception.clients.size() == 1) { // one more condition, which does not hold
            CHECK(authenticate::match(exception, verdict, circumstances()) == Match::no);
        }
    }
}

} // namespace

TEST_CASE("an exception is for a message for which each condition holds") {
    check(
        {
            {"nothing stated", [](Exception&) {}, Match::no},
            {"only a name", [](Exception& e) { e.name = "all"; }, Match::no},
            {"a client",
             [](Exception& e) { e.clients = {network("203.0.113.1/32"), network("192.0.2.0/24")}; },
             Match::yes},
            {"another client", [](Exception& e) { e.clients = {network("198.51.100.0/24")}; }, Match::no},
            {"its name", [](Exception& e) { e.client_names = {".example.org"}; }, Match::yes},
            {"another name", [](Exception& e) { e.client_names = {"example.net"}; }, Match::no},
            {"a list", [](Exception& e) { e.list_ids = {"x.example.net", "news.example.org"}; }, Match::yes},
            {"a list below", [](Exception& e) { e.list_ids = {".example.org"}; }, Match::yes},
            {"another list", [](Exception& e) { e.list_ids = {"news.example.net"}; }, Match::no},
            {"a list's address", [](Exception& e) { e.list_posts = {"news@example.org"}; }, Match::yes},
            {"another's address", [](Exception& e) { e.list_posts = {"x@example.org"}; }, Match::no},
            {"a sender", [](Exception& e) { e.mail_from = {"ann@example.org"}; }, Match::yes},
            {"bounces", [](Exception& e) { e.mail_from = {"<>"}; }, Match::no},
            {"the author", [](Exception& e) { e.authors = {"ann@example.org"}; }, Match::yes},
            {"the recipients", [](Exception& e) { e.recipients = {"example.com"}; }, Match::yes},
            {"one of the recipients", [](Exception& e) { e.recipients = {"bob@example.com"}; }, Match::no},
            {"each recipient by another pattern",
             [](Exception& e) { e.recipients = {"bob@example.com", "cay@example.com"}; }, Match::yes},
            {"the signer", [](Exception& e) { e.dkim_domains = {"example.org"}; }, Match::yes},
            {"another signer", [](Exception& e) { e.dkim_domains = {"example.net"}; }, Match::no},
            {"two conditions",
             [](Exception& e) {
                 e.authors = {"example.org"};
                 e.mail_from = {"example.org"};
             },
             Match::yes},
            {"two conditions, of which one holds",
             [](Exception& e) {
                 e.authors = {"example.org"};
                 e.mail_from = {"example.net"};
             },
             Match::no},
            {"still",
             [](Exception& e) {
                 e.authors = {"example.org"};
                 e.until = 1001;
             },
             Match::yes},
            {"no more",
             [](Exception& e) {
                 e.authors = {"example.org"};
                 e.until = 1000;
             },
             Match::no},
        },
        test::good());
}

TEST_CASE("evidence that an exception asks for has to be there, and may be missing for want of an answer") {
    const auto asks = [](Evidence evidence) { return [evidence](Exception& e) { e.only_if = {evidence}; }; };
    const auto signer = [](Exception& e) { e.dkim_domains = {"example.org"}; };
    const auto client = [](Exception& e) { e.client_names = {"mx.example.org"}; };
    struct Row {
        Verdict verdict;
        Match spf, dkim, body_hash, iprev, signer, client;
    };
    const auto yes = Match::yes;
    const auto no = Match::no;
    const auto open = Match::open;
    const std::vector<Row> rows{
        {test::good(), yes, yes, yes, yes, yes, yes},
        {Verdict{}, no, no, no, no, no, no},
        {test::with_spf(spf::Result::softfail), no, yes, yes, yes, yes, yes},
        {test::with_spf(spf::Result::temperror), open, yes, yes, yes, yes, yes},
        {test::with_iprev(iprev::Result::fail), yes, yes, yes, no, yes, no},
        {test::with_iprev(iprev::Result::temperror), yes, yes, yes, open, yes, open},
        {test::with_dkim({}), yes, no, no, yes, no, yes},
        {test::with_dkim({test::signature("example.org", Cause::signature_mismatch)}), yes, no, yes, yes, no,
         yes},
        {test::with_dkim({test::signature("example.org", Cause::body_hash_mismatch)}), yes, no, no, yes, no,
         yes},
        {test::with_dkim({test::signature("example.org", Cause::no_key)}), yes, no, no, yes, no, yes},
        {test::with_dkim({test::signature("example.org", Cause::lookup_failed)}), yes, open, open, yes, open,
         yes},
        {test::with_dkim({test::signature("example.net", Cause::verified)}), yes, yes, no, yes, no, yes},
        {test::with_dkim({test::signature("example.net", Cause::signature_mismatch)}), yes, no, no, yes, no,
         yes},
        {test::with_dkim({test::signature("", Cause::verified)}), yes, yes, no, yes, no, yes},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(i);
        const Row& row = rows[i];
        check({{"spf", asks(Evidence::spf_pass), row.spf},
               {"dkim", asks(Evidence::dkim_pass), row.dkim},
               {"body hash", asks(Evidence::dkim_body_hash), row.body_hash},
               {"iprev", asks(Evidence::iprev_pass), row.iprev},
               {"signer", signer, row.signer},
               {"client's name", client, row.client}},
              row.verdict);
    }
}

TEST_CASE("an author or a sender who can be read in two ways is nobody whom an exception knows") {
    using State = message::Author::State;
    Exception author;
    author.authors = {"example.org"};
    for (const State state : {State::none, State::several_fields, State::unreadable}) {
        auto verdict = test::good();
        verdict.author.state = state;
        CHECK(authenticate::match(author, verdict, circumstances()) == Match::no);
    }
    auto verdict = test::good();
    verdict.author.state = State::several_domains;
    verdict.author.mailboxes.push_back({"eve", "example.net"});
    CHECK(authenticate::match(author, verdict, circumstances()) == Match::no);
    author.authors.push_back("eve@example.net");
    CHECK(authenticate::match(author, verdict, circumstances()) == Match::yes);

    Exception sender;
    sender.mail_from = {"example.org", "*"};
    for (const char* path :
         {"<a@example.net>, <b@example.org>", "<ann@example.org (x@example.net)>", "<>", "ann"}) {
        auto known = circumstances();
        known.mail_from = path;
        CAPTURE(path);
        CHECK(authenticate::match(sender, test::good(), known) == Match::no);
    }
    sender.mail_from = {"<>"};
    auto bounce = circumstances();
    bounce.mail_from = "<>";
    CHECK(authenticate::match(sender, test::good(), bounce) == Match::yes);
}

TEST_CASE("what is not known of a message fits no exception") {
    Exception exception;
    exception.recipients = {"*"};
    CHECK(authenticate::match(exception, test::good(), {}) == Match::no);
    exception = {};
    exception.clients = {network("0.0.0.0/0"), network("::/0")};
    CHECK(authenticate::match(exception, test::good(), {}) == Match::no);
}

TEST_CASE("an exception that anybody can bring about is told from one that nobody else can") {
    const std::vector<std::pair<bool, std::function<void(Exception&)>>> cases{
        {true, [](Exception& e) { e.authors = {"ann@example.org"}; }},
        {true, [](Exception& e) { e.mail_from = {"example.org"}; }},
        {true, [](Exception& e) { e.list_ids = {"news.example.org"}; }},
        {true, [](Exception& e) { e.list_posts = {"news@example.org"}; }},
        {true, [](Exception& e) { e.only_if = {Evidence::spf_pass, Evidence::dkim_pass}; }},
        {true, [](Exception& e) { e.dkim_domains = {"*"}; }},
        {true, [](Exception& e) { e.clients = {network("192.0.2.0/24"), network("0.0.0.0/0")}; }},
        {false, [](Exception& e) { e.clients = {network("192.0.2.0/24")}; }},
        {false, [](Exception& e) { e.client_names = {"mx.example.org"}; }},
        {false, [](Exception& e) { e.dkim_domains = {"example.org"}; }},
        {false, [](Exception& e) { e.recipients = {"bob@example.com"}; }},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(i);
        Exception exception;
        cases[i].second(exception);
        CHECK(authenticate::is_forgeable(exception) == cases[i].first);
        exception.dkim_domains = {"example.org"};
        CHECK_FALSE(authenticate::is_forgeable(exception));
    }
    Exception exception;
    exception.authors = {"example.org"};
    exception.only_if = {Evidence::spf_pass}; // of whatever MAIL FROM the forger likes
    CHECK(authenticate::is_forgeable(exception));
    exception.only_if = {Evidence::dkim_body_hash}; // he wrote the body as well
    CHECK(authenticate::is_forgeable(exception));
    exception.recipients = {"bob@example.com"};
    CHECK(authenticate::is_forgeable(exception));
    exception.mail_from = {"example.org"};
    exception.only_if = {Evidence::spf_pass};
    CHECK_FALSE(authenticate::is_forgeable(exception));
    CHECK_FALSE(authenticate::has_condition({}));
    CHECK(authenticate::has_condition(exception));
}

TEST_CASE("the types of overrides are those of RFC 9990") {
    CHECK(print(OverrideType::local_policy) == "local_policy");
    CHECK(print(OverrideType::mailing_list) == "mailing_list");
    CHECK(print(OverrideType::trusted_forwarder) == "trusted_forwarder");
    CHECK(print(OverrideType::policy_test_mode) == "policy_test_mode");
    CHECK(print(OverrideType::other) == "other");
}
