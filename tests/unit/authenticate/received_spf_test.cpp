#include "authenticate/received_spf.h"

#include "authenticate/owned_fields.h"
#include "base/ascii.h"
#include "support/catch.h"

#include <algorithm>

using authenticate::Envelope;
using authenticate::received_spf;
using authenticate::SenderVerdict;
using spf::Result;

namespace {

SenderVerdict verdicts(Result mail_from, Result helo) {
    SenderVerdict sender;
    sender.mail_from.emplace();
    sender.mail_from->result = mail_from;
    sender.mail_from->domain = "example.org";
    sender.helo.emplace();
    sender.helo->result = helo;
    sender.helo->problem = "trouble (of sorts)";
    return sender;
}

Envelope envelope(const std::string& helo = "mx.example.org", const std::string& path = "<ann@example.org>",
                  const std::string& client = "192.0.2.1") {
    return {base::IpAddress::parse(client), helo, path};
}

std::string flat(std::string text) {
    for (auto at = text.find("\r\n\t"); at != std::string::npos; at = text.find("\r\n\t")) {
        text.replace(at, 3, " ");
    }
    return text;
}

std::string field(const SenderVerdict& sender, const Envelope& envelope,
                  const std::string& receiver = "mx.ours.test") {
    return flat(received_spf(sender, envelope, receiver).value_or("none"));
}

} // namespace

TEST_CASE("the field names one identity, as policyd-spf does") {
    CHECK(field(verdicts(Result::softfail, Result::pass), envelope()) ==
          "Softfail (mailfrom) identity=mailfrom; client-ip=192.0.2.1; helo=mx.example.org; "
          "envelope-from=\"ann@example.org\"; receiver=mx.ours.test;");
    CHECK(field(verdicts(Result::none, Result::permerror), envelope()) ==
          "Permerror (SPF Permanent Error: trouble ?of sorts?) identity=helo; client-ip=192.0.2.1; "
          "helo=mx.example.org; envelope-from=\"ann@example.org\"; receiver=mx.ours.test;");
    CHECK(field(verdicts(Result::none, Result::none), envelope()).starts_with("None (mailfrom)"));
    auto null = verdicts(Result::pass, Result::none);
    null.null_sender = true;
    null.helo.reset();
    CHECK(field(null, envelope("mx.example.org", "<>", "2001:db8::1"), "") ==
          "Pass (sender SPF authorized) identity=helo; client-ip=\"2001:db8::1\"; helo=mx.example.org; "
          "envelope-from=\"<>\"; receiver=\"<UNKNOWN>\";");
    CHECK(field({}, envelope()) == "none");
}

// The identity stands on the first line: some readers look no further.
TEST_CASE("lines are short and the first one has result and identity") {
    const auto body = received_spf(verdicts(Result::fail, Result::none),
                                   envelope("[IPv6:2001:db8::1]", "<" + std::string(900, 'a') + "@b.test>"),
                                   "mx.ours.test");
    REQUIRE(body);
    CHECK(body->starts_with("Fail (mailfrom) identity=mailfrom;"));
    for (std::size_t begin = 0; begin < body->size();) {
        const auto end = std::min(body->find("\r\n", begin), body->size());
        CHECK(end - begin < 998);
        begin = end + 2;
    }
}

TEST_CASE("what a client types is no pair, ends no value and no line") {
    const std::string hostile[] = {"x; identity=helo", "x\" identity=helo \"",  "x\r\nReceived-SPF: pass",
                                   "a(b)c\\",          "\x80\x01identity=helo", "receiver=mx.ours.test",
                                   "envelope-from=ann"};
    for (const std::string& text : hostile) {
        INFO(text);
        const auto body = received_spf(verdicts(Result::fail, Result::none),
                                       envelope(text, "<" + text + "@evil.test>"), "us.test");
        REQUIRE(body);
        const std::string line = flat(*body);
        CHECK(base::all_printable(line));
        CHECK(std::count(line.begin(), line.end(), ';') == 5);
        CHECK(std::count(line.begin(), line.end(), '=') == 5);
        CHECK(std::count(line.begin(), line.end(), '(') == 1);
    }
    // As senders of lists look.
    CHECK(field(verdicts(Result::fail, Result::none), envelope("x", "<prvs=1=ann@example.org>"))
              .find("\"prvs=1=ann@example.org\"") != std::string::npos);
}

TEST_CASE("which fields of others pass for ours") {
    const std::vector<std::string> ours{"mx.ours.test", "ours.test"};
    struct Case {
        const char* name;
        const char* body;
        bool passes;
    };
    const Case cases[] = {
        {"our own form", " Pass (mailfrom) identity=mailfrom; receiver=mx.ours.test;", true},
        {"in quotes and capitals", " pass receiver = \"MX.Ours.test\"", true},
        {"folded", " pass\r\n\t(x)\r\n\treceiver\r\n =\r\n mx.ours.test", true},
        {"with comments in between", " pass receiver (a) = (b) mx.ours.test", true},
        {"with quoted-pairs", " pass receiver=\"mx\\.ours.test\"", true},
        {"with a final dot", " pass receiver=ours.test.; helo=x", true},
        {"in the comment", " pass (mx.ours.test: domain of a@b.test designates 192.0.2.1)", true},
        {"behind another receiver", " pass receiver=mx.other.test; receiver=mx.ours.test", true},
        {"in a comment that never ends", " pass (receiver=mx.ours.test", true},
        {"of nobody", " Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.1", true},
        {"of nobody, as policyd-spf hides it", " Pass (mailfrom) receiver=<UNKNOWN>", true},
        {"of nobody, as RFC 7208 says it", " Pass receiver=unknown", true},
        {"empty", "", true},
        {"of another host", " Pass (mailfrom) identity=mailfrom; receiver=mx.other.test", false},
        {"of another host, in the comment", " pass (mx.other.test: domain of a@b.test) client-ip=192.0.2.1",
         false},
        {"of a name that begins with ours", " pass receiver=mx.ours.test.evil.test", false},
        {"of a name that ends in ours", " pass receiver=evilours.test", false},
        {"about our host", " pass (mx.other.test: ok) helo=mx.ours.test; receiver=mx.other.test", false},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(authenticate::passes_for_ours(c.body, ours) == c.passes);
    }
}

TEST_CASE("a field that passes for ours is removed under any spelling, once, if we write such fields") {
    message::HeaderList headers;
    const auto add = [&](std::string_view name, std::string_view body) {
        headers.add(message::HeaderField(name, body));
    };
    add("Received-SPF", " Pass receiver=mx.ours.test");
    add("Received-SPF", " Pass receiver=mx.other.test");
    add("received-spf", " Pass receiver=mx.ours.test");
    add("Received-SPF ", " Pass receiver=mx.ours.test");
    add("X-A", " 1");
    add("X-A", " a\rReceived-SPF: Pass receiver=mx.ours.test");
    add("Authentication-Results", " mx.ours.test; spf=pass\rReceived-SPF: Pass receiver=mx.ours.test");
    authenticate::Ownership ours{{"mx.ours.test"}, "X-Hold", {"mx.ours.test"}};
    // The highest of a name first, so that none is renumbered.
    const std::vector<authres::FieldPlace> expected{{"Authentication-Results", 1},
                                                    {"Received-SPF", 4},
                                                    {"received-spf", 3},
                                                    {"Received-SPF", 1},
                                                    {"X-A", 2}};
    CHECK(authenticate::find_foreign_fields(headers, ours, {}).places == expected);
    ours.spf_receivers.clear();
    CHECK(authenticate::find_foreign_fields(headers, ours, {}).places.size() == 1);
}
