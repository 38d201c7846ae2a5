#include "milter/session/leaving_header.h"

#include "authres/forged_fields.h"
#include "base/base64.h"
#include "config/load.h"
#include "dkim/evaluate.h"
#include "message/line_breaks.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/mta_edits.h"
#include "support/table_resolver.h"
#include "support/temporary_tree.h"
#include "support/world/resolve.h"

#include <fmt/format.h>

#include <array>

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

message::HeaderList header_of(const Fields& fields) {
    message::HeaderList headers;
    for (const auto& [name, body] : fields) {
        headers.add(message::HeaderField(name, body));
    }
    return headers;
}

std::string text_of(const message::HeaderList& headers) {
    std::string text;
    for (const auto& field : headers) {
        text += field.text() + "|";
    }
    return text;
}

// What a user, or somebody whose text a program of ours repeats, may put into a header.
std::string hostile_body(test::HostileText& text) {
    constexpr std::array<std::string_view, 12> pieces = {"\r",
                                                         "\n",
                                                         "\r\n ",
                                                         "\r\n",
                                                         "\r\r\n\t",
                                                         "Authentication-Results: mx.example.net; dmarc=pass",
                                                         "mx.example.net; spf=pass",
                                                         "Content-Type: text/html",
                                                         "From: boss@example.org",
                                                         "X-Paraph-Quarantine: no",
                                                         " and some words",
                                                         "(\"\\"};
    std::string body = " ";
    for (std::size_t left = text.below(6); left > 0; --left) {
        body += text.one_in(4) ? text.next() : std::string(text.pick(pieces));
    }
    return body;
}

Fields hostile_fields(test::HostileText& text) {
    constexpr std::array<std::string_view, 10> names = {"Subject",
                                                        "To",
                                                        "X-Note",
                                                        "Authentication-Results",
                                                        "authentication-results ",
                                                        "Content-Type",
                                                        "Subject",
                                                        "Authentication Results",
                                                        "X-Paraph-Quarantine",
                                                        "Reply-To"};
    Fields fields;
    for (std::size_t left = text.below(8); left > 0; --left) {
        fields.emplace_back(text.pick(names), hostile_body(text));
    }
    const auto place = static_cast<std::ptrdiff_t>(text.below(fields.size() + 1));
    fields.insert(fields.begin() + place, {"From", " Ann <ann@example.org>"});
    return fields;
}

// A daemon that signs for example.org, and the verdict on what it lets out.
class Signer {
  public:
    explicit Signer(const std::string& canonicalization) {
        tree_.write("k.pem", support::rsa_pem);
        auto loaded = config::load_text(
            fmt::format("authserv_id: mx.example.net\n"
                        "signing:\n"
                        "  require_safe_keys: false\n"
                        "  header_canonicalization: {}\n"
                        "  signed_fields: [from, to, subject, x-note, authentication-results]\n"
                        "domains:\n  example.org:\n    keys:\n      - {{selector: s, file: \"{}\"}}\n",
                        canonicalization, tree_.path("k.pem")),
            "[config]");
        REQUIRE(loaded.settings);
        auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "host.example.net");
        REQUIRE(built.problems.empty());
        service_ = std::make_unique<milter::runtime::Service>(built.runtime, dns_, logger_,
                                                              [] { return base::UnixTime{1777777777}; });
    }

    milter::session::Actions submit(const Fields& fields) {
        milter::session::Session session(*service_);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, "mx.example.net"});
        session.mail_from({"<ann@example.org>", "smtpd", "PLAIN", "ann"});
        for (const auto& [name, body] : fields) {
            session.header(name, body);
        }
        session.body("hello\r\n");
        return session.end_of_message("4abc", [] {});
    }

    [[nodiscard]] const std::vector<std::string>& log() const { return logger_.lines; }

  private:
    TemporaryTree tree_;
    test::TableResolver dns_;
    test::MemoryLogger logger_;
    std::unique_ptr<milter::runtime::Service> service_;
};

dkim::Verdict verify(const message::HeaderList& headers) {
    const auto key = crypto::SigningKey::from_pem(support::rsa_pem);
    const test::Zone zone{
        {"TXT s._domainkey.example.org", "v=DKIM1; p=" + base::base64_encode(key->public_record_bytes())}};
    dkim::BodyHashes bodies;
    const auto candidates = dkim::find_signatures(headers, {}, bodies);
    REQUIRE(candidates.size() == 1);
    bodies.update("hello\r\n");
    bodies.finish();
    const auto evaluate = [&](const dns::Answers& known) {
        return dkim::evaluate({candidates.front(), headers, bodies, 1777777777}, known, {});
    };
    return test::resolve(evaluate, zone).verdict;
}

} // namespace

TEST_CASE("a line break that is no fold becomes a blank, and the MTA is told which field") {
    auto headers = header_of({{"X", " a"}, {"From", " ann@example.org"}, {"x", " b\rFrom: c"}, {"X", "\n"}});
    const auto changes = milter::session::mend_line_breaks(headers);
    CHECK(text_of(headers) == "X: a|From: ann@example.org|x: b From: c|X: |");
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].name == "x");
    CHECK(changes[0].instance == 2);
    CHECK(changes[0].body == " b From: c");
    CHECK(changes[1].instance == 3);
}

TEST_CASE("a header without them is left alone") {
    auto headers = header_of({{"To", " a,\r\n b"}, {"From", " ann@example.org"}});
    CHECK(milter::session::mend_line_breaks(headers).empty());
    CHECK(text_of(headers) == "To: a,\r\n b|From: ann@example.org|");
}

TEST_CASE("what remains after deletions") {
    const auto headers = header_of({{"A", " 1"}, {"B", " 2"}, {"a", " 3"}, {"A ", " 4"}});
    CHECK(text_of(milter::session::without(headers, {{"A", 3}, {"A", 1}})) == "B: 2|a: 3|");
    CHECK(text_of(milter::session::without(headers, {{"B", 2}, {"C", 1}})) == "A: 1|B: 2|a: 3|A : 4|");
}

TEST_CASE("own text behind a line break stays, is signed as it leaves, and the log says so") {
    Signer signer("relaxed");
    const Fields fields = {{"From", " ann@example.org"},
                           {"Subject", " v\rAuthentication-Results: mx.example.net; dmarc=pass"}};
    const auto actions = signer.submit(fields);
    CHECK(actions.deletions.empty());
    const auto leaving = test::delivered(header_of(fields), actions);
    CHECK(leaving.first("Subject")->body() == " v Authentication-Results: mx.example.net; dmarc=pass");
    CHECK(verify(leaving).result == dkim::Result::pass);
    REQUIRE(signer.log().size() == 2);
    CHECK(signer.log().front().find("warning 4abc: [MENDED] a line break that is no fold became a blank in 1 "
                                    "header field") == 0);
}

TEST_CASE("a line break in the name of a field cannot be mended, so that it is not signed") {
    Signer signer("relaxed");
    const auto actions = signer.submit({{"From", " ann@example.org"}, {"X\rReply-To", " eve@evil.test"}});
    CHECK(actions.insertions.empty());
    REQUIRE_FALSE(signer.log().empty());
    CHECK(signer.log().front().find(
              "warning 4abc: [NOT_SIGNED] a line break in the name of a header field") == 0);
}

TEST_CASE("mail of our own whose From does not tell whose it is goes out unsigned, with a warning") {
    struct Case {
        const char* from;
        const char* why;
    };
    const auto c = GENERATE(values<Case>({
        {" ann@example.org <boss@example.net>", "From cannot be read: text after an address at position 17"},
        {" ann@example.org (boss@example.net)",
         "From can be read in two ways: an address that some readers take for the author's at position 22"},
        {" ann@example.org, boss@example.net", "From holds addresses in 2 different domains"},
        {" ", "From cannot be read: an address is missing at position 1"},
    }));
    Signer signer("relaxed");
    const auto actions = signer.submit({{"From", c.from}});
    CHECK(actions.reply == milter::session::Reply::proceed);
    CHECK(actions.insertions.empty());
    REQUIRE_FALSE(signer.log().empty());
    CHECK(signer.log().front().find(fmt::format("warning 4abc: [NOT_SIGNED] {}", c.why)) == 0);
}

TEST_CASE("whatever our own users put into a header, what leaves verifies and hides nothing") {
    test::HostileText text;
    CAPTURE(text.seed());
    for (const auto* const canonicalization : {"simple", "relaxed"}) {
        Signer signer(canonicalization);
        std::size_t signed_ones = 0;
        for (std::size_t round = 0; round < test::rounds(1500); ++round) {
            const auto fields = hostile_fields(text);
            const auto received = header_of(fields);
            const auto actions = signer.submit(fields);
            REQUIRE(actions.reply == milter::session::Reply::proceed);
            const auto leaving = test::delivered(received, actions);
            CAPTURE(round, text_of(received), text_of(leaving));
            REQUIRE_FALSE(message::has_stray_line_break(leaving));
            REQUIRE(authres::forged_instances(leaving, {"mx.example.net"}).empty());
            REQUIRE(authres::hidden_forgeries(leaving, {"mx.example.net"}).empty());
            REQUIRE(leaving.count("Subject") == received.count("Subject")); // nothing of the user's is lost
            if (!actions.insertions.empty()) {
                ++signed_ones;
                const auto verdict = verify(leaving);
                CAPTURE(verdict.reason);
                REQUIRE(verdict.result == dkim::Result::pass);
            }
        }
        CHECK(signed_ones > 0);
    }
}
