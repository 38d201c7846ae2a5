// Messages of users: files that are none, and what a message tells of its way.
#include "milter/tool/compare/samples.h"

#include "milter/tool/compare/arrival.h"
#include "milter/tool/compare/made_up.h"
#include "milter/tool/compare/private_copy.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

using namespace milter::tool::compare;

namespace {

std::string told(const std::string& what) {
    auto samples = open_samples(what, {"example.org"});
    if (!samples) {
        return "refused: " + samples.error().message;
    }
    std::string text;
    while (const auto sample = (*samples)->next()) {
        text += "[" + sample->name + "|" + (sample->problem.empty() ? sample->text : sample->problem) + "]";
    }
    return text;
}

Arrival arrival_of(const std::string& text, const std::string& sender = {}) {
    Sample sample{.name = "x"};
    sample.sender = sender;
    return read_arrival(sample, *message::parse_message(text));
}

} // namespace

TEST_CASE("a maildir with what is no message in it") {
    const TemporaryTree tree;
    tree.write("box/cur/2:2,S", "S: 2\n");
    tree.write("box/new/1", "S: 1\n");
    tree.write("box/tmp/3", "S: 3\n");
    tree.write("secret", "S: secret\n");
    std::filesystem::create_symlink(tree.path("secret"), tree.path("box/cur/link"));
    REQUIRE(::mkfifo(tree.path("box/cur/pipe").c_str(), 0600) == 0);
    tree.write("box/cur/sparse", "");
    std::filesystem::resize_file(tree.path("box/cur/sparse"), longest_message + 1);
    const auto text = told(tree.path("box"));
    CHECK(text.find("[2:2,S|S: 2\n]") == 0);
    CHECK(text.find("[1|S: 1\n]") != std::string::npos);
    CHECK(text.find("S: 3") == std::string::npos);
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("[link|Too many levels of symbolic links]") != std::string::npos);
    CHECK(text.find("[pipe|not a regular file]") != std::string::npos);
    CHECK(text.find("[sparse|larger than") != std::string::npos);
}

TEST_CASE("a part of a maildir that is a link is not followed") {
    const TemporaryTree tree;
    tree.write("elsewhere/cur/1", "S: secret\n");
    for (const char* part : {"cur", "new"}) {
        const std::string box = fmt::format("of-{}", part);
        tree.write(box + "/tmp/1", "S: 1\n");
        std::filesystem::create_directory_symlink(tree.path("elsewhere/cur"), tree.path(box + "/" + part));
        CHECK(told(tree.path(box)).find("a link, which is not followed") != std::string::npos);
    }
    std::filesystem::create_directory_symlink(tree.path("elsewhere"), tree.path("named"));
    CHECK(told(tree.path("named")) == "[1|S: secret\n]"); // by the operator
}

TEST_CASE("what cannot be compared is refused") {
    const TemporaryTree tree;
    REQUIRE(::mkfifo(tree.path("pipe").c_str(), 0600) == 0);
    std::filesystem::create_directory(tree.path("empty"));
    tree.write("one.eml", "From: a@b.example\n\nx\n");
    CHECK(told(tree.path("pipe")).find("neither a file nor a directory") != std::string::npos);
    CHECK(told(tree.path("empty")).find("there are no messages") != std::string::npos);
    CHECK(told(tree.path("none")).find("No such file") != std::string::npos);
    CHECK(told(tree.path("one.eml")).find("no mbox") != std::string::npos);
    for (const char* number : {"0", "100001", "99999999999999999999999"}) {
        CHECK(told(number).find("can be made up") != std::string::npos);
    }
}

TEST_CASE("made-up messages are the same ones each time, of all domains") {
    std::set<std::string> names;
    for (std::size_t i = 0; i < 100; ++i) {
        const Sample one = make_up(i, {"a.example", "b.example"}),
                     again = make_up(i, {"a.example", "b.example"});
        CHECK(one.text == again.text);
        CHECK(one.text.find("{}") == std::string::npos);
        CHECK(message::parse_message(one.text));
        names.insert(one.name.substr(one.name.find('(')));
    }
    CHECK(names.size() > 20);
    CHECK(make_up(0, {"a.example", "b.example"}).text.find("@a.example") != std::string::npos);
    CHECK(make_up(names.size(), {"a.example", "b.example"}).text.find("@b.example") != std::string::npos);
}

TEST_CASE("how a message came") {
    const std::string own =
        "Return-Path: <bounce@list.example>\nDelivered-To: bob@here.example\n"
        "Received: from mx (localhost [127.0.0.1])\n\tby mx.here.example (Postfix) with ESMTP id Q2\n";
    const std::string outside =
        "Authentication-Results: mx.here.example; dkim=pass\n"
        "Received: from out.list.example (unknown [192.0.2.77])\n"
        "\tby mx.here.example (Postfix) with ESMTPS id Q1;\n\tThu, 1 Jan 2026 00:00:00 +0000\n";
    const std::string rest = "Received: from far.example (far.example [198.51.100.1])\n\tby out.list.example "
                             "(Postfix) with ESMTP id Q0;\n"
                             "\tThu, 1 Jan 2026 00:00:00 +0000\nFrom: ann@author.example\nSubject: x\n\nx\n";
    const auto arrival = arrival_of(own + outside + rest);
    CHECK(arrival.client.print() == "192.0.2.77");
    CHECK(arrival.helo == "out.list.example");
    CHECK(arrival.sender == "bounce@list.example");
    CHECK(arrival.author == "author.example");
    CHECK(arrival.message.headers.size() == 3); // what came, without what was written here
    CHECK(arrival.message.headers[0].is_named("Received"));
    CHECK(arrival_of("From: a@b.example\n\nHello.").message.body == "Hello.\r\n"); // as Postfix has it
    CHECK(arrival_of("From: a@b.example\n\n").message.body.empty());
    const auto bare = arrival_of("From: ann@author.example\n\nx\n", "MAILER-DAEMON");
    CHECK(bare.client.print() == "192.0.2.1");
    CHECK(bare.sender.empty());
    CHECK(
        arrival_of("Return-Path: <a@b.example\r\n\tsender=x>\nFrom: a@b.example\n\nx\n").sender.find('\n') ==
        std::string::npos);
    CHECK(arrival_of("From: ann@author.example\n\nx\n", "a@b.example").sender == "a@b.example");
}

TEST_CASE("copies of configurations listen elsewhere and tell nobody anything") {
    config::import::Options options;
    for (const auto& [name, value] : {std::pair("Socket", "inet:8891"),
                                      {"syslog", "yes"},
                                      {"PidFile", "/run/x.pid"},
                                      {"SendReports", "yes"},
                                      {"Domain", "example.org"},
                                      {"UserID", "opendkim"},
                                      {"HistoryFile", "/var/history"},
                                      {"FailureReports", "true"},
                                      {"Mode", ""}}) {
        options.list.push_back({name, value, {}, 0});
    }
    const std::string dkim = private_opendkim(options, {"/p/socket", "/p", true});
    CHECK(dkim == "Socket local:/p/socket\nBackground no\nSyslog no\nAutoRestart no\nDomain "
                  "example.org\nUserID opendkim\n"
                  "HistoryFile /var/history\nFailureReports true\nTemporaryDirectory /p\n");
    const std::string dmarc = private_opendmarc(options, {"/p/socket", "/p", false});
    CHECK(dmarc == "Socket local:/p/socket\nBackground no\nSyslog no\nAutoRestart no\nSendReports "
                   "yes\nDomain example.org\n");
    CHECK(private_policyd("debugLevel = 5\nHELO_reject = Fail\n") ==
          "HELO_reject = Fail\n\ndebugLevel = -1\n");
    CHECK(obstacle_of(options).empty());
    options.list.push_back({"ChangeRootDirectory", "/jail", {}, 0});
    CHECK(obstacle_of(options).find("root directory") != std::string::npos);
}
