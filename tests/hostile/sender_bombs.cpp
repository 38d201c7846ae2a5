// HELO, MAIL FROM and SPF.
#include "bomb.h"

#include <fmt/format.h>

namespace hostile {

namespace {

constexpr std::string_view all_blocks = "abcdefghij";

Bomb spf(std::string name, const std::string& record) {
    Bomb bomb = plain(std::move(name));
    bomb.helo = "mail.wide.test";
    bomb.mail_from = "<any@wide.test>";
    bomb.zone.add("TXT wide.test", record).add("TXT mail.wide.test", record);
    return bomb;
}

std::string terms(const std::string& text, std::size_t octets) {
    return "v=spf1" + repeat(" " + text, octets / (text.size() + 1));
}

// Ten includes, each of which brings ten MX names without an address.
Bomb breadth() {
    std::string record = "v=spf1";
    for (const char c : all_blocks) {
        record += fmt::format(" mx:{}.wide.test", c);
    }
    Bomb bomb = spf("ten MX terms of ten hosts each", record + " -all");
    for (const char c : all_blocks) {
        for (int i = 0; i < 10; ++i) {
            const std::string host = fmt::format("{}{}.wide.test", c, i);
            bomb.zone.add(fmt::format("MX {}.wide.test", c), "10 " + host).add("A " + host, "198.51.100.1");
        }
    }
    return bomb;
}

Bomb include_bomb() {
    Bomb bomb = spf("ten includes of ten includes each", "v=spf1 include:0.wide.test -all");
    bomb.zone.otherwise([](const dns::Question& question) {
        if (question.type != dns::Type::txt || !question.name.ends_with(".wide.test")) {
            return dns::no_name();
        }
        dns::Answer answer;
        answer.status = dns::Status::found;
        std::string record = "v=spf1";
        for (int i = 0; i < 10; ++i) {
            record += fmt::format(" include:{}.{}", i, question.name);
        }
        answer.texts = {record + " ?all"};
        return answer;
    });
    return bomb;
}

Bomb long_chain(std::string name, const std::string& filling) {
    Bomb bomb = plain(std::move(name));
    bomb.helo = "chain0.test";
    bomb.mail_from = "<any@chain0.test>";
    for (int i = 0; i < 12; ++i) {
        bomb.zone.add(fmt::format("TXT chain{}.test", i),
                      terms(filling, 7900) + fmt::format(" include:chain{}.test ?all", i + 1));
    }
    return bomb;
}

Bomb reverse_names() {
    Bomb bomb = spf("1000 reverse names",
                    "v=spf1 ptr ptr:a.test ptr:b.test ptr:c.test ptr:d.test exists:%{p}.x.test -all");
    for (int i = 0; i < 1000; ++i) {
        const std::string host = fmt::format("h{}.wide.test", i);
        bomb.zone.add("PTR 203.0.113.66", host).add("A " + host, "198.51.100.1");
    }
    return bomb;
}

Bomb envelope(std::string name, std::string helo, std::string mail_from) {
    Bomb bomb = plain(std::move(name));
    bomb.helo = std::move(helo);
    bomb.mail_from = std::move(mail_from);
    return bomb;
}

Bomb addresses() {
    Bomb bomb = spf("4000 addresses for each of ten names",
                    "v=spf1 a:a.test a:b.test a:c.test a:d.test a:e.test -all");
    for (const char* name : {"a.test", "b.test", "c.test", "d.test", "e.test"}) {
        for (int i = 0; i < 4000; ++i) {
            bomb.zone.add(fmt::format("A {}", name), fmt::format("198.51.{}.{}", i / 250, i % 250));
        }
    }
    return bomb;
}

Bomb many_records() {
    Bomb bomb = plain("2000 SPF records");
    for (int i = 0; i < 2000; ++i) {
        bomb.zone.add("TXT evil.test", "v=spf1 -all");
    }
    return bomb;
}

} // namespace

std::vector<Bomb> sender_bombs() {
    const std::string macros = "exists:" + repeat("%{S127r.-+,/_=}", 500) + ".x.test";
    return {
        breadth(),
        include_bomb(),
        long_chain("a chain of includes of 8 KB of ip4", "ip4:198.51.100.1"),
        long_chain("a chain of includes of 8 KB of ip6", "ip6:2001:db8::1"),
        long_chain("a chain of includes of 8 KB of unknown modifiers", "x=y"),
        long_chain("a chain of includes of 8 KB of macros", "x=%{s}%{l}%{o}%{d}"),
        long_chain("a chain of includes of 8 KB of ?all", "?all"),
        spf("an include of itself", "v=spf1 include:wide.test -all"),
        spf("a redirect to itself", "v=spf1 redirect=wide.test"),
        spf("ten exists of 8 KB of macros", "v=spf1 " + macros + " -all"),
        spf("an exp of 8 KB of macros", "v=spf1 exp=" + repeat("%{S127r.}", 800) + ".x.test -all"),
        spf("a record of 60 KB", terms("ip4:198.51.100.1", 60'000)),
        reverse_names(),
        addresses(),
        many_records(),
        envelope("HELO of 60 KB", std::string(60'000, 'a'), "<>"),
        envelope("HELO of 60 KB of labels", repeat("a.", 30'000) + "test", "<>"),
        envelope("HELO of 60 KB of U-labels", repeat("\xc3\xbc.", 20'000) + "test", "<>"),
        envelope("HELO of 4 KB of U-labels", repeat("\xc3\xbc.", 1300) + "test", "<>"),
        envelope("MAIL FROM of 60 KB", "mx.evil.test", "<" + std::string(60'000, 'a') + "@evil.test>"),
        envelope("MAIL FROM of 2 KB of routes", "mx.evil.test",
                 "<" + repeat("@a.b,", 380) + "@c.d:any@evil.test>"),
        envelope("MAIL FROM of 2 KB of U-labels", "mx.evil.test",
                 "<any@" + repeat("\xc3\xbc.", 650) + "test>"),
    };
}

} // namespace hostile
