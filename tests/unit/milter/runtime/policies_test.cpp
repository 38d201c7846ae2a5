#include "milter/runtime/policies.h"

#include "config/load.h"
#include "support/catch.h"

#include <string>

namespace {

using authenticate::Action;

config::Settings settings_of(const std::string& yaml) {
    auto loaded = config::load_text(yaml, "p.yaml");
    REQUIRE(loaded.settings);
    return std::move(*loaded.settings);
}

milter::runtime::Policies policies_of(const std::string& yaml) {
    return milter::runtime::make_policies(settings_of(yaml));
}

} // namespace

TEST_CASE("a profile takes what it does not give from the default, wherever that stands") {
    const auto policies =
        policies_of("policy:\n"
                    "  profiles:\n"
                    "    a: {daemon_ports: [26], spf_fail: reject, author_missing: reject}\n"
                    "    b: {daemon_ports: [27], dry_run: no, replies: {spf: b}}\n"
                    "  spf_fail: mark\n"
                    "  spf_softfail: mark\n"
                    "  dry_run_for: [spf]\n"
                    "  dry_run: yes\n"
                    "  replies: {spf: default, dmarc: all}\n"
                    "author: {missing: accept, unreadable: tempfail}\n"
                    "quarantine_field: X-Hold\n");
    REQUIRE(policies.profiles.size() == 2);
    const auto& a = policies.profiles[0].policy;
    CHECK(a.profile == "a");
    CHECK(a.spf.fail == Action::reject);
    CHECK(a.spf.softfail == Action::mark);
    CHECK(a.author.missing == Action::reject);
    CHECK(a.author.unreadable == Action::tempfail);
    CHECK(a.dry_run == std::array<bool, 6>{true, true, true, true, true, true});
    CHECK(a.quarantine_field == "X-Hold");
    const auto& b = policies.profiles[1].policy;
    CHECK(b.spf.fail == Action::mark);
    CHECK(b.author.missing == Action::accept);
    CHECK(b.dry_run == std::array<bool, 6>{false, true, false, false, false, false});
    CHECK(b.replies.texts[1] == "b");
    CHECK(b.replies.texts[5] == "all");
    CHECK(policies.otherwise.profile == "default");
    CHECK(policies.otherwise.spf.fail == Action::mark);
    CHECK(policies.otherwise.author.missing == Action::accept);
    CHECK(policies.otherwise.replies.texts[1] == "default");
}

TEST_CASE("recipients are asked for where a decision can depend on them") {
    const auto needs = [](const std::string& yaml) { return needs_recipients(policies_of(yaml)); };
    CHECK_FALSE(needs(""));
    CHECK_FALSE(needs("policy: {dmarc: enforce, dmarc_reject: mark}\n"));
    CHECK(needs("policy: {dmarc: enforce}\n"));
    CHECK_FALSE(needs("policy: {dmarc: enforce, spare_role_mailboxes: no}\n"));
    CHECK(needs("policy: {profiles: {a: {daemon_ports: [26], spf_fail: reject}}}\n"));
    CHECK(needs("policy: {profiles: {a: {recipient_domains: [ours.test]}}}\n"));
    CHECK(needs("policy: {exceptions: [{name: a, recipients: [bob@ours.test]}]}\n"));
    CHECK_FALSE(needs("policy: {exceptions: [{name: a, clients: [192.0.2.1]}]}\n"));
}

TEST_CASE("holding messages is asked for where any policy does it") {
    CHECK_FALSE(may_hold(policies_of("policy: {dmarc: strict}\n")));
    CHECK(may_hold(policies_of("policy: {spf_fail: quarantine}\n")));
    CHECK(may_hold(policies_of("policy: {profiles: {a: {daemon_ports: [26], dmarc: enforce, "
                               "dmarc_quarantine: quarantine}}}\n")));
    CHECK_FALSE(may_hold(policies_of("policy: {spf_fail: quarantine, dry_run: yes}\n")));
}

TEST_CASE("how long mail is put off is said by profile") {
    const auto settings = settings_of("policy: {tempfail_for: 1h, profiles: {a: {daemon_ports: [26], "
                                      "tempfail_for: 0}, b: {daemon_ports: [27]}}}\n");
    using milter::runtime::tempfail_for;
    CHECK(tempfail_for(settings, "default") == std::chrono::hours(1));
    CHECK(tempfail_for(settings, "a") == std::chrono::seconds(0));
    CHECK(tempfail_for(settings, "b") == std::chrono::hours(1));
}
