// What the subcommands show of relays of our own.
#include "milter/tool/run.h"

#include "support/catch.h"
#include "unit/milter/tool/workspace.h"

#include <nlohmann/json.hpp>

using milter::tool::ExitCode;
using tool_test::contains;
using tool_test::run;
using tool_test::Workspace;

namespace {

const std::string by_relay = "Received: from mail.example.org (r.example.org [192.0.2.25])\n by "
                             "mx2.example.net (Postfix) with ESMTP id 1; date\n";
const std::string by_us = "Received: from mx2.example.net (mx2 [198.51.100.7])\n by mx.example.net (Postfix) "
                          "with ESMTP id 2; date\n";
constexpr const char* settings =
    "relays:\n  hosts:\n    - {addresses: [198.51.100.7], names: [mx2.example.net], form: postfix}\n";

std::vector<std::string> verify(const Workspace& files, std::vector<std::string> more) {
    std::vector<std::string> all{"verify",
                                 "--ip",
                                 "198.51.100.7",
                                 "--helo",
                                 "mx2.example.net",
                                 "--mail-from",
                                 "ann@example.org",
                                 "--answers",
                                 files.write("zone", tool_test::zone),
                                 "--missing",
                                 "zone"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace

TEST_CASE("verify checks the client of a relay, with the settings or with --relay") {
    const Workspace files;
    const auto config = files.write("p.yaml", settings);
    struct Case {
        const char* name;
        std::string header;
        std::vector<std::string> options;
        const char* said;
    };
    const Case cases[] = {
        {"named", by_relay, {"--relay"}, "which had it from the client 192.0.2.25, HELO mail.example.org"},
        {"in the settings", by_relay, {"--config", config}, "which had it from the client 192.0.2.25"},
        {"as it was delivered", by_us + by_relay, {"--relay", "--config", config}, "the client 192.0.2.25"},
        {"as it was delivered, by form alone", by_us + by_relay, {"--relay"}, "the client 192.0.2.25"},
        {"without a field", "", {"--relay"}, "the client is not known: no Received field of 198.51.100.7"},
        {"no relay", by_relay, {}, "SPF of MAIL FROM example.org: fail"},
    };
    for (const Case& one : cases) {
        INFO(one.name);
        auto options = one.options;
        options.push_back(files.write("m.eml", one.header + tool_test::mail));
        const auto ran = run(verify(files, options));
        CHECK(ran.code == ExitCode::ok);
        CHECK(ran.err.empty());
        CHECK(contains(ran.out, one.said));
        CHECK(contains(ran.out, "Relay: 198.51.100.7") == !one.options.empty());
    }
}

TEST_CASE("verify as JSON has the relay and the client, or null") {
    const Workspace files;
    auto ran = run(verify(files, {"--relay", "--json", files.write("m.eml", by_relay + tool_test::mail)}));
    REQUIRE(ran.code == ExitCode::ok);
    auto json = nlohmann::json::parse(ran.out);
    CHECK(json["relay"]["address"] == "198.51.100.7");
    CHECK(json["relay"]["client"] == "192.0.2.25");
    CHECK(json["relay"]["hops"] == 1);
    CHECK(json["relay"]["reason"] == "");
    CHECK(json["results"][0]["properties"]["smtp.remote-ip"] == "192.0.2.25");
    ran = run(verify(files, {"--relay", "--json", files.write("m.eml", tool_test::mail)}));
    json = nlohmann::json::parse(ran.out);
    CHECK(json["relay"]["client"].is_null());
    CHECK(json["spf"]["mail_from"]["result"] == "none");
    ran = run(verify(files, {"--json", files.path("m.eml")}));
    CHECK(nlohmann::json::parse(ran.out)["relay"].is_null());
}

TEST_CASE("--relay without an address is a mistake") {
    const Workspace files;
    const auto ran = run({"verify", "--relay", files.write("m.eml", tool_test::mail)});
    CHECK(ran.code == ExitCode::usage);
    CHECK(contains(ran.err, "--relay needs --ip"));
}

TEST_CASE("what a client calls itself cannot forge lines of the explanation") {
    const Workspace files;
    const auto forged =
        files.write("m.eml", "Received: from h\x1b[2J\xff (r [192.0.2.25]) by mx2.example.net (Postfix) with "
                             "ESMTP id 1; date\n" +
                                 std::string(tool_test::mail));
    CHECK_FALSE(contains(run(verify(files, {"--relay", forged})).out, "\x1b"));
}

TEST_CASE("show-config prints sources with their place, and no password") {
    const Workspace files;
    const auto config = files.write("p.yaml", "sources:\n"
                                              "  mail: {connection: host=db dbname=mail, timeout: 1s}\n"
                                              "  post: {connection: \"host=db password=hunter2\"}\n"
                                              "  more: {connection: \"postgresql://u:hunter2@h/d\"}\n");
    const auto ran = run({"show-config", "sources", "-c", config});
    INFO(ran.out);
    CHECK(contains(ran.out, "sources.mail: {connection: "));
    CHECK(contains(ran.out, "host=db dbname=mail"));
    CHECK(contains(ran.out, "timeout: 1s"));
    CHECK(contains(ran.out, "p.yaml:2"));
    CHECK_FALSE(contains(ran.out, "hunter2"));
}

TEST_CASE("show-config prints the list of relays with its place") {
    const Workspace files;
    const auto config = files.write("p.yaml", settings);
    const auto ran = run({"show-config", "relays", "-c", config});
    CHECK(contains(ran.out, "relays.most_hops: 10  # default"));
    CHECK(contains(
        ran.out,
        "relays.hosts: [{addresses: [198.51.100.7], names: [mx2.example.net], form: postfix, inside: "
        "[]}]  # " +
            config + ":2"));
    CHECK(contains(run({"show-config", "relays.hosts", "--defaults"}).out, "relays.hosts: []  # default"));
}
