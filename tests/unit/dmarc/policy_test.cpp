#include "dmarc/policy.h"

#include "support/catch.h"
#include "unit/dmarc/names.h"
#include "unit/dmarc/run.h"

#include <string>

using dmarc::Existence;
using dmarc::Usability;
using dmarc_test::name;
using dmarc_test::Zone;

TEST_CASE("whether a record can be enforced is a matter of its policy tags and of rua") {
    struct Case {
        const char* tags;
        Usability expected;
    };
    const Case cases[] = {
        {"p=none", Usability::usable},
        {"p=reject; sp=none; np=quarantine", Usability::usable},
        {"p=reject; rua=mailto:a@x.org", Usability::usable},
        {"adkim=s", Usability::silent},
        {"sp=reject", Usability::silent},
        {"rua=nonsense", Usability::silent},
        {"rua=mailto:a@x.org", Usability::forced_none},
        {"rua=https://x.org/r", Usability::forced_none},
        {"sp=reject; rua=mailto:a@x.org", Usability::forced_none},
        {"p=oops; rua=mailto:a@x.org", Usability::forced_none},
        {"p=reject; sp=oops; rua=mailto:a@x.org", Usability::forced_none},
        {"p=reject; np=oops; rua=mailto:a@x.org", Usability::forced_none},
        {"p=reject; p=reject; rua=mailto:a@x.org", Usability::forced_none},
        {"p=oops", Usability::broken},
        {"p=reject; p=reject", Usability::broken},
        {"p=reject; sp=oops", Usability::broken},
        {"p=reject; np=oops", Usability::broken},
        {"sp=oops", Usability::broken},
        {"p=reject; sp=oops; rua=nonsense", Usability::broken},
        {"p=reject; sp=oops; rua=mailto:a@x.org; rua=mailto:a@x.org", Usability::broken},
        {"p=reject; sp=oops; ruf=mailto:a@x.org", Usability::broken},
    };
    for (const Case& c : cases) {
        CAPTURE(c.tags);
        CHECK(dmarc::usability(*dmarc::parse_record(std::string("v=DMARC1; ") + c.tags)) == c.expected);
    }
}

TEST_CASE("np falls back to sp and sp to p") {
    struct Case {
        const char* tags;
        const char* own;
        const char* subdomain;
        const char* non_existent;
    };
    const Case cases[] = {
        {"p=reject", "p=reject", "p=reject", "p=reject"},
        {"p=reject; sp=none", "p=reject", "sp=none", "sp=none"},
        {"p=none; np=reject", "p=none", "p=none", "np=reject"},
        {"p=none; sp=quarantine; np=reject", "p=none", "sp=quarantine", "np=reject"},
    };
    const auto text = [](const dmarc::SelectedPolicy& selected) {
        return std::string(selected.tag) + "=" + std::string(dmarc::print(selected.policy));
    };
    for (const Case& c : cases) {
        CAPTURE(c.tags);
        const auto record = dmarc::parse_record(std::string("v=DMARC1; ") + c.tags);
        CHECK(text(dmarc::own_policy(*record)) == c.own);
        CHECK(text(dmarc::subdomain_policy(*record)) == c.subdomain);
        CHECK(text(dmarc::non_existent_policy(*record)) == c.non_existent);
    }
}

TEST_CASE("test mode lowers by one level") {
    CHECK(dmarc::lowered_by_test_mode(dmarc::Policy::reject) == dmarc::Policy::quarantine);
    CHECK(dmarc::lowered_by_test_mode(dmarc::Policy::quarantine) == dmarc::Policy::none);
    CHECK(dmarc::lowered_by_test_mode(dmarc::Policy::none) == dmarc::Policy::none);
}

TEST_CASE("a domain does not exist when the DNS says NXDOMAIN, and in no other case") {
    struct Case {
        const char* name;
        Zone zone;
        Existence expected;
        std::size_t questions; // besides the one at _dmarc
    };
    const Case cases[] = {
        {"nothing there", {}, Existence::does_not_exist, 1},
        {"something there", {{"A a.farm.example", "192.0.2.1"}}, Existence::exists, 1},
        {"only something below", {{"A x.a.farm.example", "192.0.2.1"}}, Existence::exists, 1},
        {"an alias to nowhere", {{"CNAME a.farm.example", "nowhere.test"}}, Existence::exists, 1},
        {"a TXT at _dmarc proves it", {{"TXT _dmarc.a.farm.example", "hello"}}, Existence::exists, 0},
        {"an alias at _dmarc proves it",
         {{"CNAME _dmarc.a.farm.example", "nowhere.test"}},
         Existence::exists,
         0},
        {"something below _dmarc proves it",
         {{"A x._dmarc.a.farm.example", "192.0.2.1"}},
         Existence::exists,
         0},
        {"no answer", {{"* a.farm.example", "FAILED refused"}}, Existence::failed, 1},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const dns::Question record{"_dmarc.a.farm.example", dns::Type::txt};
        const auto evaluate = [](const dns::Answers& known) {
            dns::Inquiry dns(known);
            const dmarc::Options options;
            dmarc::PolicyRecords records(dns, options);
            const auto test = dmarc::test_existence(records, dns, name("a.farm.example"));
            CHECK((!test || dns.questions().empty()));
            return dns::outcome(test, dns);
        };
        test::Manner manner;
        manner.known.insert(record, c.zone.answer(record));
        const auto run = test::resolve(evaluate, c.zone, manner);
        CHECK(run.verdict.existence == c.expected);
        CHECK(run.asked.size() == c.questions);
        CHECK(run.rounds <= 1);
        for (const dns::Question& question : run.asked) {
            CHECK(question.name == "a.farm.example");
        }
    }
}
