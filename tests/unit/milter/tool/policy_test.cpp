// What the tool says each policy would do with a message.
#include "milter/tool/run.h"

#include "support/catch.h"
#include "unit/milter/tool/workspace.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using milter::tool::ExitCode;
using tool_test::contains;
using tool_test::run;
using tool_test::Workspace;

namespace {

constexpr const char* config = "policy:\n"
                               "  dmarc: enforce\n"
                               "  profiles:\n"
                               "    partners: {clients: [192.0.2.0/24], spf_fail: mark, dmarc: annotate}\n"
                               "  exceptions:\n"
                               "    - {name: known, for: [spf], clients: [192.0.2.25]}\n";
constexpr const char* zone =
    "victim.test TXT \"v=spf1 -all\"\n_dmarc.victim.test TXT \"v=DMARC1; p=reject\"\n";
constexpr const char* mail = "From: boss@victim.test\nTo: bob@ours.test\nSubject: hello\n\nHello.\n";

struct Files {
    Workspace files;
    std::string yaml = files.write("p.yaml", config);
    std::string answers = files.write("zone", zone);
    std::string message = files.write("m.eml", mail);

    std::vector<std::string> arguments(std::vector<std::string> command,
                                       std::vector<std::string> more) const {
        command.insert(command.end(), {"-c", yaml, "--mail-from", "boss@victim.test", "--answers", answers,
                                       "--missing", "zone", "--authserv-id", "mx.test", message});
        command.insert(command.end(), more.begin(), more.end());
        return command;
    }
};

} // namespace

TEST_CASE("policy test says when the daemon would not judge such mail at all") {
    const auto told = [](const std::string& roles, const std::vector<std::string>& more) {
        Files files;
        files.yaml = files.files.write("roles.yaml", roles + config);
        return run(files.arguments({"policy", "test"}, more)).out;
    };
    const std::vector<std::string> inside{"--ip", "192.0.2.1"};
    CHECK(contains(told("roles: {internal_hosts: [192.0.2.1]}\n", inside),
                   "internal host 192.0.2.1: the daemon signs such mail, and does nothing of what follows"));
    CHECK(contains(told("roles: {peers: [192.0.2.1]}\n", inside),
                   "peer 192.0.2.1: the daemon leaves such mail"));
    CHECK(contains(told("roles: {exempt_domains: [victim.test]}\n", inside), "exempt domain victim.test: "));
    CHECK(contains(told("roles: {originating_daemons: [submission]}\n",
                        {"--ip", "192.0.2.1", "--daemon-name", "submission"}),
                   "originating daemon submission: the daemon signs"));
    CHECK(contains(told("mode: verify\nroles: {internal_hosts: [192.0.2.1]}\n", inside), "mail of your own"));
    CHECK_FALSE(contains(told("roles: {internal_hosts: [192.0.2.2]}\n", inside), "the daemon"));
}

TEST_CASE("verify --policy names the line that decides, for every policy") {
    const Files files;
    const auto ran = run(files.arguments({"verify", "--policy"}, {"--ip", "203.0.113.1"}));
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "* policy default: reject\n"
                            "    reply 550 5.7.1 rejected by DMARC policy for victim.test\n"
                            "    dmarc-reject: reject by policy.dmarc (" +
                                files.yaml + ":2)\n"));
    CHECK(contains(ran.out, "  policy partners: accept\n"
                            "    spf-fail: mark by policy.profiles.partners.spf_fail (" +
                                files.yaml + ":4)\n        accepted by exception known (" + files.yaml +
                                ":6)\n") == false); // another client
    CHECK(contains(ran.out, "dis=reject"));
}

TEST_CASE("policy test judges by the profile of the message and tells exceptions") {
    const Files files;
    const auto ran = run(files.arguments({"policy", "test"}, {"--ip", "192.0.2.25"}));
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "* policy partners: accept\n"
                            "    spf-fail: mark by policy.profiles.partners.spf_fail (" +
                                files.yaml + ":4)\n        accepted by exception known (" + files.yaml +
                                ":6)\n"));
    CHECK(contains(ran.out, "dis=none"));
}

TEST_CASE("recipients make a policy milder, and JSON says why") {
    const Files files;
    const auto ran = run(files.arguments(
        {"verify", "--policy"}, {"--ip", "203.0.113.1", "--rcpt", "postmaster@ours.test", "--json"}));
    REQUIRE(ran.code == ExitCode::ok);
    const auto json = nlohmann::json::parse(ran.out).at("policy");
    CHECK(json.at("chosen") == "default");
    const auto& first = json.at("policies").at(0);
    CHECK(first.at("action") == "mark");
    CHECK(first.at("reply").is_null());
    CHECK(first.at("findings").at(0).at("why_milder") == "to postmaster or abuse alone");
    CHECK(first.at("findings").at(0).at("origin") == files.yaml + ":2");
    const auto both = run(files.arguments(
        {"policy", "test"}, {"--ip", "203.0.113.1", "--rcpt", "abuse@ours.test", "--rcpt", "bob@ours.test"}));
    CHECK(contains(both.out, "* policy default: reject"));
}

TEST_CASE("without --policy nothing is said of it") {
    const Files files;
    CHECK_FALSE(contains(run(files.arguments({"verify"}, {"--ip", "203.0.113.1"})).out, "policy default"));
}

TEST_CASE("show-config prints profiles with what they inherit, and exceptions") {
    const Files files;
    const auto ran = run({"show-config", "-c", files.yaml, "policy"});
    CHECK(contains(ran.out, "policy.profiles.partners.spf_fail: mark  # " + files.yaml + ":4\n"));
    CHECK(contains(ran.out, "policy.profiles.partners.dmarc_reject: reject  # default\n"));
    CHECK(contains(ran.out, "policy.exceptions: {name: known, for: [spf], clients: [192.0.2.25/32]}  # " +
                                files.yaml + ":6\n"));
}

TEST_CASE("show-config says that policyd-spf's switches are off where their section is not given") {
    Files files;
    const auto shown = [&](const char* yaml) {
        return run({"show-config", "-c", files.files.write("shown.yaml", yaml), "spf.policyd.HELO_reject"})
            .out;
    };
    CHECK(shown("spf: {enabled: yes}\n") == "spf.policyd.HELO_reject: Fail  # off: no spf.policyd\n");
    CHECK(shown("spf: {policyd: }\n") == "spf.policyd.HELO_reject: Fail  # default\n");
}

TEST_CASE("policyd-spf's switches are looked at as the daemon does") {
    Files files;
    files.yaml = files.files.write("policyd.yaml", "spf:\n  policyd:\n    Mail_From_reject: Fail\n");
    const auto strangers = run(files.arguments({"policy", "test"}, {"--ip", "203.0.113.1"}));
    CHECK(strangers.code == ExitCode::ok);
    CHECK(
        contains(strangers.out, "* policy default: reject\n    reply 550 5.7.23 Message rejected due to: "));
    CHECK(contains(strangers.out,
                   "    spf-fail: reject by spf.policyd.Mail_From_reject (" + files.yaml + ":3)\n"));
    const auto to_postmaster =
        run(files.arguments({"policy", "test"}, {"--ip", "203.0.113.1", "--rcpt", "<postmaster@ours.test>"}));
    CHECK(contains(to_postmaster.out, "* policy default: mark\n"));
    const auto local = run(files.arguments({"policy", "test"}, {"--ip", "127.0.0.1"}));
    CHECK(contains(local.out, "* policy default: accept\n"));
}

TEST_CASE("where recipients are answered the tool says what each hears") {
    Files files;
    files.yaml = files.files.write("rcpt.yaml", "spf:\n  policyd:\n    stage: rcpt\n");
    const auto ran = run(files.arguments(
        {"policy", "test"}, {"--ip", "203.0.113.1", "--rcpt", "bob@ours.test", "--rcpt", "abuse@ours.test"}));
    CHECK(contains(ran.out, "  bob@ours.test: reject\n    reply 550 5.7.23 "));
    CHECK(contains(ran.out, "  abuse@ours.test: accept\n"));
    CHECK(contains(ran.out, "* policy default: accept\n"));
    const auto nobody = run(files.arguments({"policy", "test"}, {"--ip", "203.0.113.1"}));
    CHECK(contains(nobody.out, "  any recipient: reject\n"));
}

TEST_CASE("the tool says where the daemon would do something else") {
    Files files;
    const auto said = [&](const std::string& yaml, const std::vector<std::string>& more) {
        files.yaml = files.files.write("other.yaml", yaml);
        return run(files.arguments({"policy", "test"}, more)).out;
    };
    CHECK(contains(said("mode: sign\n", {}), "mode: sign: the daemon checks no mail"));
    const std::string filter = "roles: {reinjection_daemons: [back], internal_hosts: [192.0.2.0/24]}\n";
    CHECK(contains(said(filter, {"--daemon-name", "back"}), "back is a reinjection daemon: "));
    CHECK_FALSE(contains(said(filter, {}), "reinjection"));
    const std::string profile = "policy: {profiles: {lists: {recipient_domains: [lists.test]}}}\n";
    CHECK(contains(said(profile, {}), "no --rcpt: profile lists not tried\n"));
    CHECK_FALSE(contains(said(profile, {"--rcpt", "a@lists.test"}), "not tried"));
    CHECK(contains(said("policy: {}\n", {"--ip", "192.0.2.1", "--relay"}),
                   "192.0.2.1 is no relay in " + files.yaml + ": the daemon would check 192.0.2.1 itself\n"));
}
