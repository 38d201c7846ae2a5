#include "base/pair_value.h"
#include "milter/record/log_line.h"

#include "milter/log/logger.h"
#include "milter/record/counter_lines.h"
#include "support/catch.h"
#include "support/memory_logger.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace {

milter::record::MessageFacts signed_facts() {
    milter::record::MessageFacts facts;
    facts.mode = milter::record::Mode::sign;
    facts.why = "authenticated as ann";
    facts.client = base::IpAddress::parse("198.51.100.7");
    facts.mail_from = "ann@example.org";
    facts.from = {"ann@example.org"};
    facts.signed_by = {"example.org/s2026"};
    return facts;
}

// A message that passes all checks, as the guides show it.
authenticate::Verdict passing_verdict() {
    authenticate::Verdict verdict;
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = spf::Result::pass;
    verdict.sender.mail_from->domain = "example.org";
    verdict.dkim_checked = true;
    dkim::Verdict signature;
    signature.result = dkim::Result::pass;
    signature.domain = "example.org";
    signature.selector = "s1";
    verdict.dkim.push_back(signature);
    verdict.dmarc.emplace();
    verdict.dmarc->result = dmarc::Result::pass;
    verdict.dmarc->author_domain = base::DomainName::parse("example.org");
    verdict.dmarc->evaluation.emplace();
    verdict.dmarc->evaluation->policy = dmarc::Policy::none;
    return verdict;
}

std::string counters_of_an_hour() {
    using milter::record::Family;
    milter::record::Counters counters;
    counters.add(Family::messages, static_cast<std::size_t>(milter::record::Mode::verify), 412);
    counters.add(Family::messages, static_cast<std::size_t>(milter::record::Mode::sign), 57);
    counters.add(Family::spf, static_cast<std::size_t>(spf::Result::pass), 371);
    counters.add(Family::spf, static_cast<std::size_t>(spf::Result::fail), 41);
    counters.add(Family::disposition, static_cast<std::size_t>(authenticate::Action::accept), 412);
    counters.add(Family::would, static_cast<std::size_t>(authenticate::Action::reject), 9);
    counters.add(Family::signatures, 0, 57);
    const milter::record::CounterLines::Time start{};
    return milter::record::CounterLines(start).since_last(counters.read(), start + std::chrono::hours(1));
}

// What the daemon's log has for the messages of the guides, behind the severity. MAIL FROM has its brackets:
// that is how the MTA hands it over (tests/e2e/test_operation.py).
std::vector<std::string> written_samples() {
    const auto verdict = passing_verdict();
    milter::record::MessageFacts checked;
    checked.mode = milter::record::Mode::verify;
    checked.why = "external host 192.0.2.1";
    checked.client = base::IpAddress::parse("192.0.2.1");
    checked.mail_from = "<ann@example.org>";
    checked.from = {"ann@example.org"};
    checked.verdict = verdict;
    checked.dns_wait = std::chrono::milliseconds(12);
    checked.dns_questions = 7;
    milter::record::MessageFacts relayed = checked;
    relayed.why = "relay 198.51.100.7";
    relayed.client = base::IpAddress::parse("192.0.2.25");
    relayed.verdict->relay.emplace();
    relayed.verdict->relay->relay = *base::IpAddress::parse("198.51.100.7");
    relayed.verdict->relay->hops = 1;
    milter::record::MessageFacts submitted = signed_facts();
    submitted.mail_from = "<ann@example.org>";
    milter::record::MessageFacts returned = signed_facts();
    returned.mode = milter::record::Mode::sign;
    returned.why = "internal host 127.0.0.1";
    returned.client = base::IpAddress::parse("127.0.0.1");
    returned.mail_from = "<list-bounces@example.com>";
    returned.from = {"boss@example.com"};
    returned.signed_by.clear();
    returned.came_back = "dmarc=fail for example.com";
    returned.unsigned_because = "our own result when it came in: dmarc=fail for example.com";
    test::MemoryLogger logger;
    logger.write(milter::log::Event::message, "4X1y2z", milter::record::log_line(checked));
    logger.write(milter::log::Event::message, "4X1y31", milter::record::log_line(relayed));
    logger.write(milter::log::Event::message, "4X1y30", milter::record::log_line(submitted));
    logger.write(milter::log::Event::not_signed, "4bXyz", returned.unsigned_because);
    logger.write(milter::log::Event::message, "4bXyz", milter::record::log_line(returned));
    logger.write(milter::log::Event::fragile, "4bXyz",
                 message::in_words(std::vector{message::Fragility::eight_bit_body}));
    logger.write(milter::log::Event::key_unusable,
                 "/etc/opendkim/KeyTable:12: /etc/opendkim/keys/shop.pem: No such file or directory");
    logger.write(milter::log::Event::key_unusable,
                 "/etc/paraph/paraph.yaml:5: postgresql:mail: ERROR:  relation \"dkim_signing\" does not "
                 "exist at character 22");
    logger.write(milter::log::Event::key_unusable, "/etc/paraph/paraph.yaml:31: key example.org/s2026: "
                                                   "/etc/paraph/keys/s2026.example.org.pem: can be read by "
                                                   "others (mode 0644, owner paraph:paraph); chmod 0600 it");
    logger.write(milter::log::Event::key_unusable,
                 "/etc/opendkim/SigningTable:9: '*' concerns ALL mail that no other row signs, and its key "
                 "'gone' cannot be used: such mail is answered 451 or goes out unsigned "
                 "(signing.missing_key)");
    logger.write(
        milter::log::Event::key_unusable,
        "/etc/paraph/paraph.yaml:5: postgresql:mail: ERROR:  relation \"dkim_signing\" does not exist");
    logger.write(milter::log::Event::counters, counters_of_an_hour());
    return logger.lines;
}

// "..." at its end stands for the rest of a line.
bool is_written(std::string_view sample, const std::vector<std::string>& written) {
    const auto end = sample.find(" ...");
    return std::any_of(written.begin(), written.end(), [&](const std::string& line) {
        return end == std::string_view::npos ? line == sample : line.starts_with(sample.substr(0, end));
    });
}

// Lines of log in the examples of a document: those with a mark or the mode of a message.
std::vector<std::string> documented_samples(const std::filesystem::path& file) {
    std::vector<std::string> samples;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const bool shown = std::regex_search(line, std::regex("^    (.* )?(mode=|\\[[A-Z_]{3,}\\] )"));
        if (shown) {
            samples.push_back(line.substr(4));
        }
    }
    return samples;
}

} // namespace

TEST_CASE("the lines of log in the documents are lines that the daemon writes") {
    std::vector<std::string> written = written_samples();
    for (std::string& line : written) {
        line.insert(line.find(' '), ":"); // behind the severity, where a log has one
    }
    std::size_t compared = 0;
    for (const char* folder : {"docs", "docs/guide", "docs/man"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(PARAPH_SOURCE_DIR) / folder)) {
            if (entry.path().extension() != ".md") {
                continue;
            }
            for (const std::string& sample : documented_samples(entry.path())) {
                CAPTURE(entry.path().string(), sample, written);
                CHECK(is_written(sample, written));
                ++compared;
            }
        }
    }
    CHECK(compared >= 8); // the guides have some
}

TEST_CASE("values in a log line cannot look like another pair") {
    struct Case {
        const char* name;
        std::string_view value;
        const char* expected;
    };
    const Case cases[] = {
        {"plain", "example.org", "example.org"},
        {"empty", "", "\"\""},
        {"blank", "a b", "\"a b\""},
        {"a pair", "x dmarc=pass", "\"x dmarc=pass\""},
        {"a quote that would end the value", "x\" dmarc=pass", "\"x' dmarc=pass\""},
        {"a line end", "a\r\nb", "\"a\\x0d\\x0ab\""},
        {"an escape sequence", "\x1b[31m", "\"\\x1b[31m\""},
        {"eight bit", "\xc3\xa4", "\"\\xc3\\xa4\""},
        {"a backslash", "a\\b", "\"a\\x5cb\""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(base::pair_value(c.value) == c.expected);
    }
    CHECK(base::pair_value(std::string(1000, 'a'), 10) == "\"aaaaaaaaaa...\"");
}

TEST_CASE("every line is one line of printable ASCII") {
    test::MemoryLogger logger;
    logger.write(milter::log::Event::internal_error, "4a\nb", "text\r\nMay 1 00:00:00 host sshd: \x01\xff");
    REQUIRE(logger.lines.size() == 1);
    CHECK(logger.lines.front() ==
          "error \"4a\\x0ab\": [INTERNAL] text\\x0d\\x0aMay 1 00:00:00 host sshd: \\x01\\xff");
    logger.write(milter::log::Event::message, "", std::string(100000, 'x'));
    CHECK(logger.lines.back().size() < 5000);
}

TEST_CASE("every event has an identifier of its own and a meaning") {
    std::set<std::string_view> identifiers;
    for (const auto& entry : milter::log::catalogue()) {
        CHECK(identifiers.insert(entry.identifier).second);
        CHECK_FALSE(entry.meaning.empty());
        CHECK(&milter::log::describe(entry.event) == &entry);
    }
}

TEST_CASE("the line of a signed message") {
    milter::record::MessageFacts facts = signed_facts();
    facts.signed_by = {"example.org/2026a", "example.org/2026e"};
    CHECK(milter::record::log_line(facts) ==
          "mode=sign why=\"authenticated as ann\" client=198.51.100.7 sender=ann@example.org "
          "from=ann@example.org signed=example.org/2026a signed=example.org/2026e dns_ms=0 dns_questions=0");
}

TEST_CASE("the line says whom From names") {
    struct Case {
        const char* name;
        std::vector<std::string> fields;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"an address", {" ann@example.org"}, " from=ann@example.org"},
        {"a name beside it", {" \"Ann, of x\" <ann@example.org>"}, " from=ann@example.org"},
        {"two authors",
         {" ann@example.org, Bob <bob@example.org>"},
         " from=ann@example.org from=bob@example.org"},
        {"two domains", {" ann@example.org, bob@example.net"}, " from=ann@example.org from=bob@example.net"},
        {"a local-part like another pair",
         {" \"x dmarc=pass\"@example.org"},
         " from=\"'x dmarc=pass'@example.org\""},
        {"a quote in a local-part",
         {" \"a\\\" spf=pass\"@example.org"},
         " from=\"'a\\x5c' spf=pass'@example.org\" from=@example.org"},
        {"eight bit", {" \xc3\xa4@example.org"}, " from=\"\\xc3\\xa4@example.org\""},
        {"no From", {}, ""},
        {"not readable: as it stands",
         {" ann at example.org\r\n\t(x"},
         " from=\"ann at example.org\\x0d\\x0a\\x09(x\""},
        {"two fields: as they stand",
         {" ann@example.org", " bob@example.net"},
         " from=ann@example.org from=bob@example.net"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        message::HeaderList headers;
        for (const std::string& field : c.fields) {
            headers.add(message::HeaderField("From", field));
        }
        milter::record::MessageFacts facts = signed_facts();
        facts.from = milter::record::from_in_words(message::find_author(headers), headers);
        CAPTURE(milter::record::log_line(facts));
        CHECK(milter::record::log_line(facts).find(" sender=ann@example.org" + c.expected + " signed=") !=
              std::string::npos);
        CHECK(milter::record::log_line(facts).find("\r") == std::string::npos);
    }
    milter::record::MessageFacts facts = signed_facts();
    facts.from.assign(14, "ann@example.org");
    CHECK(milter::record::log_line(facts).find(" from=ann@example.org from.more=4 ") != std::string::npos);
}

TEST_CASE("the line says what SPF found in error") {
    authenticate::Verdict verdict;
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = spf::Result::permerror;
    verdict.sender.mail_from->domain = "example.org";
    verdict.sender.mail_from->problem = "more than 10 terms that query the DNS";
    milter::record::MessageFacts facts;
    facts.verdict = verdict;
    CHECK(milter::record::log_line(facts).find(" spf=permerror spf.mailfrom=example.org "
                                               "spf.reason=\"more than 10 terms that query the DNS\" ") !=
          std::string::npos);
    verdict.sender.mail_from->result = spf::Result::none;
    verdict.sender.mail_from->problem = "MAIL FROM can be read in more than one way";
    verdict.sender.path_problem = "not a domain";
    facts.verdict = verdict;
    CHECK(milter::record::log_line(facts).find(
              " spf=none spf.mailfrom=example.org "
              "spf.reason=\"MAIL FROM can be read in more than one way\" ") != std::string::npos);
}

TEST_CASE("the line names the relay, and the client behind it or why there is none") {
    milter::record::MessageFacts facts;
    facts.why = "relay 198.51.100.7";
    facts.client = base::IpAddress::parse("192.0.2.1");
    facts.mail_from = "<ann@example.org>";
    facts.verdict = passing_verdict();
    facts.verdict->relay.emplace();
    facts.verdict->relay->relay = *base::IpAddress::parse("198.51.100.7");
    facts.verdict->relay->hops = 2;
    CHECK(milter::record::log_line(facts).starts_with(
        "mode=verify why=\"relay 198.51.100.7\" client=192.0.2.1 sender=<ann@example.org> relay=198.51.100.7 "
        "relay.hops=2 spf=pass"));
    facts.client.reset();
    facts.verdict->relay->reason = "no Received field of 198.51.100.7";
    facts.verdict->relay->hidden_sender = "a relay rewrote MAIL FROM";
    const auto line = milter::record::log_line(facts);
    CHECK(line.find(" client=none ") != std::string::npos);
    CHECK(line.find(" relay.reason=\"no Received field of 198.51.100.7\" relay.sender=\"a relay rewrote MAIL "
                    "FROM\" ") != std::string::npos);
}
