#include "message/received.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace {

using message::ReceivedForm;
using Form = message::ReceivedForm;

struct Sample {
    std::string_view name;
    Form form;
    std::string_view text;
    std::string_view client; // "-": none
    std::string_view helo;
    std::string_view by = "mx.example.net";
    bool logged_in = false;
    bool internal = false;
};

std::string address(const std::optional<base::IpAddress>& client) {
    return client ? client->print() : "-";
}

// As its own form and as any, with and without folds.
void check(const Sample& sample) {
    std::string folded;
    for (const char c : sample.text) {
        folded += c == ' ' ? std::string("\r\n\t ") : std::string(1, c);
    }
    for (const Form form : {sample.form, Form::any}) {
        for (const std::string& text : {std::string(sample.text), folded}) {
            INFO(sample.name << (form == Form::any ? " as any: " : ": ") << text);
            const auto hop = message::parse_received(text, form);
            REQUIRE(hop);
            CHECK(address(hop->client) == sample.client);
            CHECK(hop->helo == sample.helo);
            CHECK(hop->by == sample.by);
            CHECK(hop->logged_in == sample.logged_in);
            CHECK(hop->internal == sample.internal);
        }
    }
}

TEST_CASE("mail servers that write the address in square brackets") {
    const Sample samples[] = {
        {"Postfix, with TLS", Form::postfix,
         "from h.example.org (r.example.org [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 "
         "(256/256 "
         "bits)) (No client certificate requested) by mx.example.net (Postfix) with ESMTPS id 4Xk for "
         "<b@example.net>; Mon, 2 Mar 2026 10:11:12 +0000 (UTC)",
         "192.0.2.1", "h.example.org"},
        {"Postfix, IPv6", Form::postfix,
         "from h (r.example.org [IPv6:2001:db8::1]) by mx.example.net (Postfix) with ESMTP id 4; date",
         "2001:db8::1", "h"},
        {"Postfix, no name", Form::postfix,
         "from h (unknown [192.0.2.1]) by mx.example.net (Postfix) with SMTP id 4; date", "192.0.2.1", "h"},
        {"Postfix, no address", Form::postfix,
         "from h (unknown [unknown]) by mx.example.net (Postfix) with SMTP id 4; date", "-", "h"},
        {"Postfix, a literal as HELO", Form::postfix,
         "from [192.0.2.9] (r [192.0.2.1]) by mx.example.net (Postfix) with ESMTP id 4; date", "192.0.2.1",
         "[192.0.2.9]"},
        {"Postfix, a user", Form::postfix,
         "from h (r [192.0.2.1]) (Authenticated sender: ann) by mx.example.net (Postfix) with ESMTPSA id 4; "
         "date",
         "192.0.2.1", "h", "mx.example.net", true},
        {"Postfix, sendmail(1)", Form::postfix, "by mx.example.net (Postfix, from userid 1000) id 4; date",
         "-", ""},
        {"Postfix, a hidden client", Form::postfix, "by mx.example.net (Postfix) with ESMTPSA id 4; date",
         "-", "", "mx.example.net", true},
        {"Sendmail", Form::sendmail,
         "from h.example.org (r.example.org [192.0.2.1] (may be forged)) by mx.example.net (8.18.1/8.18.1) "
         "with ESMTPS "
         "id 43J (version=TLSv1.3 cipher=X bits=256 verify=NOT) for <b@example.net>; date",
         "192.0.2.1", "h.example.org"},
        {"Sendmail, IPv6", Form::sendmail,
         "from h (r [IPv6:2001:db8::1]) by mx.example.net (8.18.1/8.18.1/Debian-6) with ESMTP id 4; date",
         "2001:db8::1", "h"},
        {"Sendmail, no name", Form::sendmail,
         "from h ([192.0.2.1]) by mx.example.net (8.18.1/8.18.1) with ESMTP id 4; date", "192.0.2.1", "h"},
        {"Sendmail, ident", Form::sendmail,
         "from h (IDENT:u@r.example.org [192.0.2.1]) by mx.example.net (8.9.3/8.9.3) with ESMTP id 4; date",
         "192.0.2.1", "h"},
        {"Sendmail, local", Form::sendmail,
         "(from u@localhost) by mx.example.net (8.18.1/8.18.1/Submit) id 43J; date", "-", ""},
        {"Gmail", Form::gmail,
         "from h (r.example.org. [192.0.2.1]) by mx.google.com with ESMTPS id x1 for <b@example.net> "
         "(version=TLS1_3 "
         "cipher=X bits=256/256); date",
         "192.0.2.1", "h", "mx.google.com"},
        {"Gmail, no name, IPv6", Form::gmail,
         "from h ( [2001:db8::1]) by mx.google.com with ESMTPS id x1; date", "2001:db8::1", "h",
         "mx.google.com"},
        {"Gmail, inside", Form::gmail, "by 2002:a05:1::1 with SMTP id x1; date", "-", "", "2002:a05:1::1",
         false, true},
        {"Gmail, by HTTP", Form::gmail, "by mail-x.google.com with HTTP; date", "-", "", "mail-x.google.com"},
    };
    for (const Sample& sample : samples) {
        check(sample);
    }
}

TEST_CASE("more mail servers that write the address in square brackets") {
    const Sample samples[] = {
        {"OpenSMTPD", Form::opensmtpd,
         "from h (r.example.org [192.0.2.1]) by mx.example.net (OpenSMTPD) with ESMTPS id 0a1b "
         "(TLSv1.3:X:256:NO) for "
         "<b@example.net>; date",
         "192.0.2.1", "h"},
        {"OpenSMTPD, no name, IPv6", Form::opensmtpd,
         "from h (<unknown> [2001:db8::1]) by mx.example.net (OpenSMTPD) with ESMTP id 0a; date",
         "2001:db8::1", "h"},
        {"OpenSMTPD, a hidden client", Form::opensmtpd,
         "by mx.example.net (OpenSMTPD) with ESMTP id 0a; date", "-", ""},
        {"Haraka", Form::haraka,
         "from h (r.example.org [192.0.2.1]) by mx.example.net (Haraka/3.1) with ESMTPS id A-1.1 "
         "envelope-from "
         "<a@example.org> tls X; date",
         "192.0.2.1", "h"},
        {"Haraka, no name, IPv6, a user", Form::haraka,
         "from h ([2001:db8::1]) by mx.example.net (Haraka/3.1) with ESMTPSA id A-1.1; date", "2001:db8::1",
         "h", "mx.example.net", true},
        {"MDaemon", Form::mdaemon,
         "from h ([192.0.2.1]) by mx.example.net (198.51.100.1) (MDaemon PRO v26.0) with ESMTPS id md5.msg; "
         "date",
         "192.0.2.1", "h"},
        {"MDaemon, without address", Form::mdaemon,
         "from h by mx.example.net (MDaemon PRO v10) with ESMTP id md; date", "-", "h"},
        {"MDaemon, HELO is no address", Form::mdaemon,
         "from [IPV6:2001:db8::9] by mx.example.net (IPv6:2001:db8::1) (MDaemon PRO v26) with ESMTP id md; "
         "date",
         "-", "[IPV6:2001:db8::9]"},
        {"amavis", Form::amavis,
         "from mx.example.net ([127.0.0.1]) by localhost (mx.example.net [127.0.0.1]) (amavis, port 10032) "
         "with ESMTP "
         "id a; date",
         "127.0.0.1", "mx.example.net", "localhost"},
        {"Zimbra, Postfix", Form::zimbra,
         "from localhost (localhost [127.0.0.1]) by mx.example.net (Postfix) with ESMTP id 4; date",
         "127.0.0.1", "localhost"},
        {"Zimbra, store", Form::zimbra,
         "from z.example.net (LHLO z.example.net) (192.0.2.5) by mx.example.net with LMTP; date", "192.0.2.5",
         "z.example.net"},
        {"Halon", Form::halon,
         "from h (unknown [192.0.2.1]) by mx.example.net (Halon) with ESMTPS id 0d-1; date", "192.0.2.1",
         "h"},
        {"Halon, IPv6", Form::halon,
         "from h (r [2001:db8::1]) by mx.example.net (Halon) with ESMTP id 0d-1; date", "2001:db8::1", "h"},
        {"Stalwart, whose name of a network is foreign", Form::stalwart,
         "from h (r.example.org [192.0.2.1] (AS64500 Net (x) [y], XX)) (using TLSv1.3 with cipher X) by "
         "mx.example.net "
         "(Stalwart SMTP) with ESMTPS id 1A; date",
         "192.0.2.1", "h"},
        {"Stalwart, no name, IPv6", Form::stalwart,
         "from h (unknown [2001:db8::1] (AS64500 Net, XX)) by mx.example.net (Stalwart SMTP) with ESMTP id "
         "1A; date",
         "2001:db8::1", "h"},
        {"mox", Form::mox,
         "from h (r.example.org [192.0.2.1]) by mx.example.net ([198.51.100.1]) via tcp with ESMTPS id x "
         "(TLS1.3 X) for "
         "<b@example.net>; date",
         "192.0.2.1", "h"},
        {"mox, IPv6, named like HELO", Form::mox,
         "from h ([IPv6:2001:db8::1]) by mx.example.net ([198.51.100.1]) via tcp with ESMTP id x; date",
         "2001:db8::1", "h"},
        {"mox, a user", Form::mox, "from (mx.example.net) by mx.example.net via tcp with ESMTPSA id x; date",
         "-", "", "mx.example.net", true},
        {"Dovecot", Form::dovecot,
         "from h ([192.0.2.5]) by mx.example.net with LMTP id x (envelope-from <a@example.org>) for "
         "<b@example.net>; "
         "date",
         "192.0.2.5", "h"},
        {"nobody's", Form::rfc5321,
         "from h (r [192.0.2.1]) by mx.example.net (Some Mailer) with ESMTP id 1; date", "192.0.2.1", "h"},
        {"nobody's, IPv6", Form::rfc5321, "from h ([IPv6:2001:db8::1]) by mx.example.net with ESMTP id 1",
         "2001:db8::1", "h"},
    };
    for (const Sample& sample : samples) {
        check(sample);
    }
}

TEST_CASE("mail servers with groups of their own") {
    const Sample samples[] = {
        {"Exim", Form::exim,
         "from r.example.org ([192.0.2.1] helo=h.example.org) by mx.example.net with esmtps (TLS1.3) tls X "
         "(Exim 4.98) "
         "(envelope-from <a@example.org>) id 1w2 for b@example.net; date",
         "192.0.2.1", "h.example.org"},
        {"Exim, named like HELO, IPv6", Form::exim,
         "from r.example.org ([2001:db8::1]) by mx.example.net with esmtp (Exim 4.98) id 1; date",
         "2001:db8::1", "r.example.org"},
        {"Exim, no name", Form::exim,
         "from [192.0.2.1] (helo=h.example.org) by mx.example.net with esmtp (Exim 4.98) id 1; date",
         "192.0.2.1", "h.example.org"},
        {"Exim, port and ident", Form::exim,
         "from [192.0.2.1] (port=4711 helo=h ident=u) by mx.example.net with esmtp (Exim 4.98) id 1; date",
         "192.0.2.1", "h"},
        {"Exim, local", Form::exim, "from u by mx.example.net with local (Exim 4.98) id 1; date", "-", "u"},
        {"Exim, a user", Form::exim,
         "from r ([192.0.2.1]:4711 helo=h) by mx.example.net with esmtpsa (TLS1.3) (Exim 4.98) id 1; date",
         "192.0.2.1", "h", "mx.example.net", true},
        {"Exchange", Form::exchange,
         "from H.example.org (192.0.2.1) by mx.example.net (10.0.0.5) with Microsoft SMTP Server "
         "(version=TLS1_2, "
         "cipher=X) id 15.20.1.2 via Frontend Transport; date",
         "192.0.2.1", "H.example.org"},
        {"Exchange, IPv6", Form::exchange,
         "from H (2001:db8::1) by mx.example.net (2001:db8::5) with Microsoft SMTP Server id 15.20.1.2; date",
         "2001:db8::1", "H"},
        {"Exchange, a literal as HELO", Form::exchange,
         "from [192.0.2.9] (10.1.1.1) by mx.example.net (10.0.0.5) with Microsoft SMTP Server id 15; date",
         "10.1.1.1", "[192.0.2.9]"},
        {"Exchange, inside", Form::exchange,
         "from X.example.net ([fe80::1]) by mx.example.net ([fe80::1%7]) with mapi id 15.20.1; date", "-",
         "X.example.net", "mx.example.net", false, true},
        {"qmail", Form::qmail,
         "from r.example.org (HELO h.example.org) (u@192.0.2.1) by mx.example.net with SMTP; date",
         "192.0.2.1", "h.example.org"},
        {"qmail, named like HELO", Form::qmail,
         "from r.example.org (192.0.2.1) by mx.example.net with SMTP; date", "192.0.2.1", "r.example.org"},
        {"qmail, no name, IPv6, a literal as HELO", Form::qmail,
         "from unknown (HELO [192.0.2.9]) (2001:db8::1) by mx.example.net with ESMTP; date", "2001:db8::1",
         "[192.0.2.9]"},
        {"qmail, between its parts", Form::qmail, "(qmail 123 invoked from network); date", "-", "", "",
         false, true},
        {"qmail, local", Form::qmail, "(qmail 123 invoked by uid 89); date", "-", "", ""},
        {"s/qmail", Form::qmail,
         "from r (HELO h) (192.0.2.1) de-/crypted with TLSv1.3: X by mx.example.net with ESMTPS; date",
         "192.0.2.1", "h"},
        {"qmail-ldap", Form::qmail_ldap,
         "from r (HELO h) ([192.0.2.1]) (envelope-sender <a@example.org>) by mx.example.net "
         "(qmail-ldap-1.03) with SMTP "
         "for <b@example.net>; date",
         "192.0.2.1", "h"},
        {"Qsmtp", Form::qsmtp,
         "from r ([192.0.2.1]:4711 HELO h) by mx.example.net (Qsmtpd 0.40) with (X encrypted) ESMTPS for "
         "<b@example.net>; date",
         "192.0.2.1", "h"},
        {"KumoMTA", Form::kumomta,
         "from h (192.0.2.1) by mx.example.net (KumoMTA 198.51.100.1) with ESMTPS (TLSv1_3:X) id 5 for "
         "<b@example.net>; date",
         "192.0.2.1", "h"},
        {"KumoMTA, no HELO, IPv6", Form::kumomta,
         "from unspecified (2001:db8::1) by mx.example.net (KumoMTA 198.51.100.1) with ESMTP id 5; date",
         "2001:db8::1", ""},
        {"KumoMTA, injected", Form::kumomta,
         "from example.org (10.0.0.9) by mx.example.net (KumoMTA 198.51.100.1) with HTTP id 5; date", "-",
         "example.org"},
        {"ZMailer", Form::zmailer,
         "from r ([192.0.2.1]:4717 \"EHLO h.example.org\" rhost-flags-OK-OK-OK-OK) by mx.example.net with "
         "ESMTP id S1 "
         "(ORCPT <rfc822;b@example.net>); date",
         "192.0.2.1", "h.example.org"},
    };
    for (const Sample& sample : samples) {
        check(sample);
    }
}

TEST_CASE("the host that wrote the field may tell its address") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"from h (192.0.2.1) by mx.example.net (10.0.0.5) with Microsoft SMTP Server id 15; date",
         "10.0.0.5"},
        {"from h (192.0.2.1) by mx.example.net (KumoMTA 198.51.100.1) with ESMTP id 5; date", "198.51.100.1"},
        {"from h ([192.0.2.1]) by mx.example.net ([198.51.100.1]) via tcp with ESMTP id x; date",
         "198.51.100.1"},
        {"from h ([192.0.2.1]) by mx.example.net (198.51.100.1) (MDaemon PRO) with ESMTP id x; date",
         "198.51.100.1"},
        {"by 2002:a05:1::1 with SMTP id x1; date", "2002:a05:1::1"},
        {"from h ([192.0.2.1]) by [198.51.100.1] (Halon) with ESMTP id x; date", "198.51.100.1"},
        {"from h ([192.0.2.1]) by mx.example.net (Halon) with ESMTP id x; date", "-"},
    };
    for (const auto& [text, by_address] : cases) {
        INFO(text);
        const auto hop = message::parse_received(text, Form::any);
        REQUIRE(hop);
        CHECK(address(hop->by_address) == by_address);
    }
}

TEST_CASE("addresses are read with and without their tag, zone and port") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"2001:db8::1", "2001:db8::1"},
        {"IPv6:2001:db8::1", "2001:db8::1"},
        {"ipv6:2001:db8::1", "2001:db8::1"},
        {"IPV6:2001:db8::1", "2001:db8::1"},
        {"IPv6:::ffff:192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"fe80::1%7", "fe80::1"},
        {"IPv6:IPv6:2001:db8::1", ""},
        {"192.0.2.1%7", ""},
        {"192.0.2", ""},
        {"192.0.2.256", ""},
        {"", ""},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        const auto hop = message::parse_received(
            fmt::format("from h (r [{}]) by mx.example.net (Postfix) with ESMTP id 1; date", text),
            Form::postfix);
        CHECK((hop ? address(hop->client) : "") == expected);
    }
    const auto port =
        message::parse_received("from h ([192.0.2.1]:25) by mx.example.net (Halon) with ESMTP", Form::any);
    REQUIRE(port);
    CHECK(address(port->client) == "192.0.2.1");
}

TEST_CASE("a field in which the client could have written a group of his own is not read") {
    // What the client typed as HELO, and what stands for it in his reverse zone.
    const std::pair<std::string_view, std::string_view> clients[] = {
        {"x (y [203.0.113.7])", "r"},
        {"[203.0.113.7] (y [203.0.113.7])", "r"},
        {"x (y [203.0.113.7]) by mx.example.net (Halon) with ESMTP id 1; date", "r"},
        {"x (y [203.0.113.7]) by mx.example.net (Halon) with ESMTP id 1; date (", "r"},
        {"x (y [203.0.113.7]) by; mx.example.net (Halon) with ESMTP id 1; date", "r"},
        {"x (y [203.0.113.7]) BY mx.example.net (Halon) with ESMTP id 1", "r"},
        {"x (y [203.0.113.7]) (z", "r"},
        {"x (", "r"},
        {"x)", "r"},
        {"x(", "r"},
        {"(x)", "r"},
        {"x y", "r"},
        {"x\\", "r [203.0.113.7]"},
        {"x", "[203.0.113.7]"},
        {"x", "[203.0.113.7])"},
        {"x", "y [203.0.113.7] (z) "},
        {"x", "r]"},
        {"x from y", "r"},
        {"x (HELO y) (203.0.113.7)", "r"},
        {"x (203.0.113.7)", "r"},
        {"x\x01", "r"},
        {std::string_view("x\0", 2), "r"},
        {"", "r"},
    };
    for (const auto& [helo, name] : clients) {
        for (const Form form : {Form::any, Form::halon, Form::rfc5321}) {
            const auto text = fmt::format("from {} ({} [192.0.2.1]) by mx.example.net (Halon) with ESMTP id "
                                          "1 for <\"b)\"@example.net>; date",
                                          helo, name);
            const auto plain = fmt::format(
                "from {} ({} [192.0.2.1]) by mx.example.net (Halon) with ESMTP id 1; date", helo, name);
            INFO(plain);
            CHECK_FALSE(message::parse_received(text, form));
            CHECK_FALSE(message::parse_received(plain, form));
        }
    }
}

TEST_CASE("whatever the client types, no address but his own is read") {
    for (const std::string_view helo :
         {"[203.0.113.7]", "from", "by", "with", "for", "id", "203.0.113.7", ";", "\"", "<>",
          "helo=203.0.113.7", "IPv6:2001:db8::7", "h\xc3\xa4\xff"}) {
        for (const std::string_view name :
             {"localhost", "by", "from", "helo=203.0.113.7", "203.0.113.7", "u@203.0.113.7"}) {
            const auto text = fmt::format(
                "from {} ({} [192.0.2.1]) by mx.example.net (Halon) with ESMTP id 1; date", helo, name);
            for (const Form form : {Form::any, Form::halon}) {
                INFO(text);
                if (const auto hop = message::parse_received(text, form)) {
                    CHECK(address(hop->client) == "192.0.2.1");
                    CHECK(hop->helo == helo);
                } else {
                    CHECK((name == "by" || name == "from")); // these words once are enough to be in doubt
                }
            }
        }
    }
}

TEST_CASE("what is joined to the end of the field does not replace its client") {
    const std::string field =
        "from h (r [192.0.2.1]) by mx.example.net (Postfix) with ESMTP id 1 for <b@example.net>; date\r\n ";
    for (const char* const joined :
         {"(x [203.0.113.7])", "([203.0.113.7] helo=x) (Exim 4.98)", "with LMTP (203.0.113.7)",
          "(203.0.113.7) via tcp", "(Halon) (Haraka) (KumoMTA 203.0.113.7)"}) {
        for (const Form form : {Form::postfix, Form::any}) {
            INFO(joined);
            const auto hop = message::parse_received(field + joined, form);
            REQUIRE(hop);
            CHECK(address(hop->client) == "192.0.2.1");
            CHECK(hop->helo == "h");
        }
    }
    for (const char* const joined : {"by mx.example.net", "(by x)", "from x", "(", "x)"}) {
        INFO(joined);
        CHECK_FALSE(message::parse_received(field + joined, Form::any));
    }
}

TEST_CASE("a configured form is the only one that is read") {
    const std::string_view postfix =
        "from h (r [192.0.2.1]) by mx.example.net (Postfix) with ESMTP id 1; date";
    for (const Form form :
         {Form::sendmail, Form::exim, Form::exchange, Form::gmail, Form::qmail, Form::qmail_ldap, Form::qsmtp,
          Form::opensmtpd, Form::haraka, Form::mdaemon, Form::amavis, Form::halon, Form::kumomta,
          Form::stalwart, Form::mox, Form::dovecot, Form::zmailer}) {
        CHECK_FALSE(message::parse_received(postfix, form));
    }
    CHECK_FALSE(message::parse_received(
        "from r ([192.0.2.1] helo=h) by mx.example.net with esmtp (Exim 4.98) id 1; date", Form::postfix));
}

TEST_CASE("what is read from a mailbox or by HTTP has no client") {
    for (const std::string_view protocol : {"POP3", "IMAP", "HTTP", "HTTPS", "local", "NNTP"}) {
        const auto hop = message::parse_received(
            fmt::format("from h (r [192.0.2.1]) by mx.example.net with {} id 1; date", protocol), Form::any);
        INFO(protocol);
        REQUIRE(hop);
        CHECK_FALSE(hop->client);
    }
}

TEST_CASE("long and deep fields are read up to the limit") {
    const std::string head = "from h (r [192.0.2.1]) (";
    const std::string tail = ") by mx.example.net (Postfix) with ESMTP id 1; date";
    const auto read = [&](const std::string& remark) {
        return message::parse_received(head + remark + tail, Form::postfix).has_value();
    };
    CHECK(read(std::string(4096, 'x')));
    CHECK(read("a" + std::string(8000, ' ') + "b"));
    CHECK_FALSE(read(std::string(17000, 'x')));
    CHECK(read(std::string(31, '(') + std::string(31, ')')));
    CHECK_FALSE(read(std::string(32, '(') + std::string(32, ')')));
    CHECK_FALSE(read(std::string(8000, '(')));
    CHECK_FALSE(read("\\"));
    CHECK(read("\\)"));
    for (const std::string_view empty : {"", " ", "\r\n ", ";", "from", "by", "from x by", "()", "(", ")"}) {
        INFO(empty);
        CHECK_FALSE(message::parse_received(empty, Form::any));
    }
}

} // namespace
