#include "authenticate/border.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using authenticate::RelayRules;
using Form = message::ReceivedForm;

base::IpAddress address(std::string_view text) {
    return *base::IpAddress::parse(text);
}

authenticate::Relay relay(std::vector<std::string_view> addresses, std::vector<std::string> names,
                          Form form = Form::any, std::vector<std::string_view> inside = {}) {
    authenticate::Relay made;
    for (const auto text : addresses) {
        made.addresses.push_back(*base::IpNetwork::parse(text));
    }
    for (const auto text : inside) {
        made.inside.push_back(*base::IpNetwork::parse(text));
    }
    made.names = std::move(names);
    made.form = form;
    return made;
}

// A backup MX with Postfix, and in front of it a cluster with Exim.
RelayRules two_relays() {
    RelayRules rules;
    rules.relays = {relay({"198.51.100.7", "2001:db8:7::/64"}, {"mx2.example.net"}, Form::postfix,
                          {"127.0.0.0/8", "10.0.0.0/24"}),
                    relay({"198.51.100.16/28"}, {".front.example.net"}, Form::exim)};
    return rules;
}

message::HeaderList header(const std::vector<std::string>& fields) {
    message::HeaderList list;
    for (const auto& field : fields) {
        list.add(message::HeaderField::from_text(field));
    }
    return list;
}

std::string postfix(std::string_view client, std::string_view by = "mx2.example.net",
                    std::string_view helo = "h") {
    return fmt::format(
        "Received: from {} (r.example.org [{}])\r\n\tby {} (Postfix) with ESMTP id 4F1;\r\n\tdate", helo,
        client, by);
}

std::string exim(std::string_view client, std::string_view by = "a.front.example.net") {
    return fmt::format(
        "Received: from r.example.org ([{}] helo=e.example.org) by {} with esmtp (Exim 4.98) id 1; date",
        client, by);
}

const std::string amavis =
    "Received: from mx2.example.net ([127.0.0.1]) by localhost (mx2.example.net [127.0.0.1]) "
    "(amavis, port 10024) with ESMTP id a; date";
const std::string forged =
    "Received: from x (y [203.0.113.200]) by mx2.example.net (Postfix) with ESMTP id 1; date";

struct Case {
    std::string_view name;
    std::vector<std::string> fields;
    std::string_view client; // empty: not found
    std::size_t hops;
    std::string_view reason = "";
    std::string_view from = "198.51.100.7";
};

void check(const Case& one, const RelayRules& rules) {
    INFO(one.name);
    const auto passage = authenticate::find_border(address(one.from), header(one.fields), rules);
    CHECK((passage.client ? passage.client->print() : "") == one.client);
    CHECK(passage.found() == passage.reason.empty());
    CHECK(passage.reason.find(one.reason) != std::string::npos);
    CHECK(passage.hops == one.hops);
    CHECK(passage.relay == address(one.from));
}

TEST_CASE("the client of the outermost relay is found") {
    const Case cases[] = {
        {"one relay", {postfix("192.0.2.1")}, "192.0.2.1", 1},
        {"by IPv6", {postfix("IPv6:2001:db8::1")}, "2001:db8::1", 1, "", "2001:db8:7::25"},
        {"name in capitals, with a dot", {postfix("192.0.2.1", "MX2.example.NET.")}, "192.0.2.1", 1},
        {"two relays", {postfix("198.51.100.17"), exim("192.0.2.1")}, "192.0.2.1", 2},
        {"two relays, other way round",
         {exim("198.51.100.7"), postfix("192.0.2.1")},
         "192.0.2.1",
         2,
         "",
         "198.51.100.18"},
        {"other fields between them",
         {"X-Spam: no", postfix("198.51.100.17"), "Authentication-Results: x; none", exim("192.0.2.1"),
          "From: a@b"},
         "192.0.2.1",
         2},
        {"a filter inside of the relay",
         {postfix("127.0.0.1"), amavis, postfix("192.0.2.1")},
         "192.0.2.1",
         3},
        {"a filter elsewhere inside", {postfix("10.0.0.9"), postfix("192.0.2.1")}, "192.0.2.1", 2},
        {"forged field below", {postfix("192.0.2.1"), forged, forged}, "192.0.2.1", 1},
        {"forged field below two", {postfix("198.51.100.17"), exim("192.0.2.1"), forged}, "192.0.2.1", 2},
    };
    for (const Case& one : cases) {
        check(one, two_relays());
    }
    const auto passage = authenticate::find_border(
        address("198.51.100.7"), header({postfix("198.51.100.17"), exim("192.0.2.1"), forged}), two_relays());
    CHECK(passage.helo == "e.example.org");
    CHECK(passage.relays == std::vector{address("198.51.100.7"), address("198.51.100.17")});
}

TEST_CASE("where anything is amiss there is no client") {
    const Case cases[] = {
        {"no relay", {postfix("192.0.2.1")}, "", 0, "no relay of ours", "192.0.2.99"},
        {"no field", {"From: a@b"}, "", 0, "no Received field of 198.51.100.7"},
        {"the second field is missing",
         {postfix("198.51.100.17")},
         "",
         1,
         "no Received field of 198.51.100.17"},
        {"another host",
         {postfix("192.0.2.1", "mx3.example.net")},
         "",
         1,
         "not by 198.51.100.7, but by mx3.example.net"},
        {"a host whose name cannot be shown",
         {postfix("192.0.2.1", "dmarc=pass")},
         "",
         1,
         "not by 198.51.100.7"},
        {"a name that only ends like it",
         {exim("192.0.2.1", "evilfront.example.net")},
         "",
         1,
         "not by",
         "198.51.100.18"},
        {"another form", {exim("192.0.2.1", "mx2.example.net")}, "", 1, "cannot be read"},
        {"two groups",
         {postfix("192.0.2.1", "mx2.example.net", "x (y [203.0.113.7])")},
         "",
         1,
         "cannot be read"},
        {"the second field is by another host",
         {postfix("198.51.100.17"), postfix("192.0.2.1")},
         "",
         2,
         "cannot be read"},
        {"a field is missing, the forged one is next",
         {postfix("198.51.100.17"), forged},
         "",
         2,
         "cannot be read"},
        {"private", {postfix("192.168.1.1")}, "", 1, "192.168.1.1, a private address"},
        {"loopback of another relay", {exim("127.0.0.1"), forged}, "", 1, "private", "198.51.100.18"},
        {"link-local", {postfix("IPv6:fe80::1%7")}, "", 1, "private"},
        {"unique local", {postfix("IPv6:fd00::1")}, "", 1, "private"},
        {"unspecified", {postfix("0.0.0.0")}, "", 1, "private"},
        {"no address", {postfix("unknown")}, "", 1, "no client address"},
        {"sendmail(1) on the relay",
         {"Received: by mx2.example.net (Postfix, from userid 1000) id 1; date", forged},
         "",
         1,
         "no client address"},
        {"a program on the relay",
         {postfix("198.51.100.7"), forged},
         "",
         1,
         "the client of 198.51.100.7 is itself"},
        {"a user of the relay",
         {"Received: from h (r [192.0.2.1]) by mx2.example.net (Postfix) with ESMTPSA id 1; date"},
         "",
         1,
         "a user logged in"},
        {"a filter with the name of another",
         {postfix("127.0.0.1"), postfix("192.0.2.1", "localhost.evil.example")},
         "",
         2,
         "not by"},
    };
    for (const Case& one : cases) {
        check(one, two_relays());
    }
}

TEST_CASE("a walk has an end") {
    auto rules = two_relays();
    std::vector<std::string> loop;
    for (int i = 0; i < 400; ++i) {
        loop.push_back(postfix("198.51.100.17"));
        loop.push_back(exim("198.51.100.7"));
    }
    loop.push_back(postfix("192.0.2.1"));
    check({"loop", loop, "", 10, "more than 10 Received fields"}, rules);
    rules.most_hops = 1;
    check({"as many as allowed", {postfix("192.0.2.1")}, "192.0.2.1", 1}, rules);
    check({"one more", {postfix("198.51.100.17"), exim("192.0.2.1")}, "", 1, "more than 1 "}, rules);
    rules.most_hops = 1000;
    check({"a long way", loop, "192.0.2.1", 801}, rules);
}

TEST_CASE("without names the relay's address or its form has to do") {
    RelayRules rules;
    rules.relays = {relay({"198.51.100.7"}, {})};
    check({"a known form", {postfix("192.0.2.1", "whoever.example")}, "192.0.2.1", 1}, rules);
    const std::string unknown = "Received: from h (r [192.0.2.1]) by {} (Mailer) with ESMTP id 1; date";
    check({"nobody's form", {fmt::format(fmt::runtime(unknown), "mx2.example.net")}, "", 1, "not by"}, rules);
    check({"nobody's form, its address",
           {fmt::format(fmt::runtime(unknown), "[198.51.100.7]")},
           "192.0.2.1",
           1},
          rules);
    check({"nobody's form, another address",
           {fmt::format(fmt::runtime(unknown), "[198.51.100.8]")},
           "",
           1,
           "not by"},
          rules);
    rules.relays = {relay({"198.51.100.7"}, {"mx2.example.net"})};
    check(
        {"nobody's form, its name", {fmt::format(fmt::runtime(unknown), "mx2.example.net")}, "192.0.2.1", 1},
        rules);
}

TEST_CASE("steps inside of qmail, Gmail and Exchange carry no client and are passed") {
    RelayRules rules;
    rules.relays = {relay({"198.51.100.7"}, {"mx2.example.net", ".google.com"})};
    const std::string queue = "Received: (qmail 123 invoked from network); date";
    check({"qmail",
           {queue, "Received: from r (HELO h) (192.0.2.1) by mx2.example.net with SMTP; date"},
           "192.0.2.1",
           2},
          rules);
    check({"qmail, by a user", {"Received: (qmail 123 invoked by uid 89); date", forged}, "", 1, ""}, rules);
    check({"Gmail",
           {"Received: by 2002:a05:1::1 with SMTP id x; date",
            "Received: from h (r. [192.0.2.1]) by mx.google.com with ESMTPS id x; date"},
           "192.0.2.1",
           2},
          rules);
    check({"Exchange",
           {"Received: from X.example.net ([fe80::1]) by mx2.example.net ([fe80::1%7]) with mapi id 15.20; "
            "date",
            "Received: from H (192.0.2.1) by mx2.example.net (10.0.0.5) with Microsoft SMTP Server id 15; "
            "date"},
           "192.0.2.1",
           2},
          rules);
}

// Anything that a stranger may write below the field that tells of him.
std::vector<std::string> strangers_fields(std::mt19937& random) {
    const std::string texts[] = {postfix("203.0.113.200"),
                                 postfix("198.51.100.17"),
                                 exim("203.0.113.200"),
                                 amavis,
                                 forged,
                                 "Received:",
                                 "Received: (",
                                 "From: x@victim.example",
                                 "",
                                 ":",
                                 "received : by"};
    std::vector<std::string> fields;
    for (auto many = random() % 6; many > 0; --many) {
        std::string text = texts[random() % std::size(texts)];
        for (auto changes = random() % 4; changes > 0 && !text.empty(); --changes) {
            text[random() % text.size()] = static_cast<char>(random() % 256);
        }
        fields.push_back(text);
    }
    return fields;
}

TEST_CASE("bytes below the trusted part never change what is found") {
    std::mt19937 random(4711); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same fields each time
    const std::vector<std::vector<std::string>> trusted = {
        {postfix("192.0.2.1")},
        {postfix("198.51.100.17"), exim("192.0.2.1")},
        {postfix("127.0.0.1"), amavis, postfix("192.0.2.1")},
        {postfix("192.168.1.1")},
        {postfix("unknown")},
        {postfix("192.0.2.1", "mx3.example.net")},
        {"Received: from ( by mx2.example.net"},
    };
    for (const auto& top : trusted) {
        const authenticate::Envelope session{address("198.51.100.7"), "mx2.example.net", "<a@example.org>"};
        const auto expected = authenticate::at_border(session, header(top), two_relays());
        for (int i = 0; i < 1000; ++i) {
            auto fields = top;
            const auto below = strangers_fields(random);
            fields.insert(fields.end(), below.begin(), below.end());
            const auto found = authenticate::at_border(session, header(fields), two_relays());
            REQUIRE(found.client == expected.client);
            REQUIRE(found.helo == expected.helo);
            REQUIRE(found.relay == expected.relay);
        }
    }
}

TEST_CASE("the envelope at the border has the client's facts, never the relay's") {
    const authenticate::Envelope session{address("198.51.100.7"), "mx2.example.net", "<a@example.org>"};
    const auto found = authenticate::at_border(session, header({postfix("192.0.2.1")}), two_relays());
    CHECK(found.client == address("192.0.2.1"));
    CHECK(found.helo == "h");
    CHECK(found.mail_from == "<a@example.org>");
    const auto missing = authenticate::at_border(session, header({}), two_relays());
    CHECK_FALSE(missing.client);
    CHECK(missing.helo.empty());
    CHECK(missing.relay);
}

TEST_CASE("a sender that a relay rewrote is none, or its original") {
    struct {
        std::string_view mail_from;
        std::string_view decoded; // empty: none
        bool is_rewritten = true;
    } const cases[] = {
        {"<SRS0=abcd=TT=example.org=ann@example.net>", "ann@example.org"},
        {"<srs0+abcd=TT=example.org=ann=x@example.net>", "ann=x@example.org"},
        {"SRS0-abcd=TT=Example.ORG=ann@example.net", "ann@example.org"},
        {"<SRS1=abcd=other.example==ef=TT=example.org=ann@example.net>", ""},
        {"<ann=example.org=SRS=abcd@example.net>", ""},
        {"<SRS0=opaque@example.net>", ""},
        {"<SRS0=abcd=TT==ann@example.net>", ""},
        {"<SRS0=abcd=TT=example.org=@example.net>", ""},
        {"<SRS0=abcd=TT=exa(mple=ann@example.net>", ""},
        {"<SRS0@example.net>", "", false},
        {"<SRS0x=abcd=TT=example.org=ann@example.net>", "", false},
        {"<ann@srs0.example.net>", "", false},
        {"<SRS0=abcd=TT=example.org=ann@foreign.example>", "", false},
        {"<>", "", false},
    };
    auto rules = two_relays();
    rules.srs_domains = {"example.net"};
    for (const auto& one : cases) {
        INFO(one.mail_from);
        const authenticate::Envelope session{address("198.51.100.7"), "mx2", std::string(one.mail_from)};
        rules.srs = authenticate::RewrittenSender::none;
        const auto hidden = authenticate::at_border(session, header({postfix("192.0.2.1")}), rules);
        CHECK(hidden.mail_from == one.mail_from);
        CHECK(hidden.relay->hidden_sender.empty() != one.is_rewritten);
        rules.srs = authenticate::RewrittenSender::decode;
        const auto decoded = authenticate::at_border(session, header({postfix("192.0.2.1")}), rules);
        CHECK(decoded.mail_from == (one.decoded.empty() ? one.mail_from : one.decoded));
        CHECK(decoded.relay->rewritten_sender.empty() == one.decoded.empty());
        CHECK(decoded.relay->hidden_sender.empty() == (!one.is_rewritten || !one.decoded.empty()));
    }
}

} // namespace
