#include "dns/answers_file.h"

#include "support/catch.h"

namespace {

dns::Question question(const char* name, dns::Type type) {
    return {name, type};
}

} // namespace

TEST_CASE("an answers file is read as it prints") {
    struct Case {
        const char* name;
        const char* text;
        const char* printed;
    };
    const auto test = GENERATE(values<Case>({
        {"a TXT record with several strings is one text", "a.test 5 TXT \"v=spf1 \" \"-all\"",
         "a.test. 5 TXT \"v=spf1 -all\""},
        {"two lines are two records", "a.test 5 A 192.0.2.1\na.test 5 A 192.0.2.2",
         "a.test. 5 A 192.0.2.1\na.test. 5 A 192.0.2.2"},
        {"names lose their case and may end in a dot", "A.Test. 5 mx 10 MX.Test.",
         "a.test. 5 MX 10 mx.test."},
        {"the null MX is a dot", "a.test 5 MX 0 .", "a.test. 5 MX 0 ."},
        {"without seconds an hour is meant", "a.test AAAA 2001:DB8::1", "a.test. 3600 AAAA 2001:db8::1"},
        {"a name that does not exist", "a.test 5 TXT nxdomain", "a.test. 5 TXT NXDOMAIN"},
        {"no data", "a.test 5 TXT NODATA", "a.test. 5 TXT NODATA"},
        {"a failure has its kind", "a.test 0 TXT FAILED refused", "a.test. 0 TXT FAILED refused"},
        {"a quoted word is text", "a.test 5 TXT \"NXDOMAIN\"", "a.test. 5 TXT \"NXDOMAIN\""},
        {"flags", "a.test 5 PTR [secure] [aliased] b.test", "a.test. 5 PTR [secure] [aliased] b.test."},
        {"bytes outside of ASCII are decimal", "a\\255b.test 5 TXT \"\\195\\188\\000\"",
         "a\\255b.test. 5 TXT \"\\195\\188\\000\""},
        {"quotes and backslashes are escaped", R"(a.test 5 TXT "a\"b\\c")", R"(a.test. 5 TXT "a\"b\\c")"},
        {"blanks and comment signs in names are escaped", R"(a\ b\;c.test 5 TXT NODATA)",
         R"(a\ b\;c.test. 5 TXT NODATA)"},
        {"comments and empty lines are nothing", "; one\n\n  # two\na.test 5 A 192.0.2.1 ; three\r\n",
         "a.test. 5 A 192.0.2.1"},
        {"answers are sorted by name and type",
         "b.test 5 A 192.0.2.1\na.test 5 TXT \"x\"\na.test 5 A 192.0.2.1",
         "a.test. 5 A 192.0.2.1\na.test. 5 TXT \"x\"\nb.test. 5 A 192.0.2.1"},
    }));
    INFO(test.name);
    const auto answers = dns::parse_answers(test.text);
    REQUIRE(answers);
    const std::string printed = dns::print_answers(*answers);
    std::string squeezed; // columns are for the eye
    for (std::size_t i = 0; i < printed.size(); ++i) {
        if (printed[i] != ' ' || squeezed.empty() || squeezed.back() != ' ') {
            squeezed.push_back(printed[i]);
        }
    }
    CHECK(squeezed == std::string(test.printed) + '\n');
    const auto again = dns::parse_answers(printed);
    REQUIRE(again);
    CHECK(dns::print_answers(*again) == printed);
}

TEST_CASE("an answers file with an error is refused with its line") {
    struct Case {
        const char* name;
        const char* text;
        std::size_t line;
    };
    const auto test = GENERATE(values<Case>({
        {"no type", "a.test 5", 1},
        {"an unknown type", "\na.test 5 SOA x", 2},
        {"an IPv6 address in A", "a.test 5 A 2001:db8::1", 1},
        {"no address", "a.test 5 A mx.test", 1},
        {"TXT without quotes", "a.test 5 TXT v=spf1", 1},
        {"TXT without data", "a.test 5 TXT", 1},
        {"MX without preference", "a.test 5 MX mx.test", 1},
        {"a preference over 16 bits", "a.test 5 MX 65536 mx.test", 1},
        {"a quote that does not end", "a.test 5 TXT \"x", 1},
        {"a byte over 255", "a.test 5 TXT \"\\256\"", 1},
        {"two digits of three", "a.test 5 TXT \"\\25\"", 1},
        {"a backslash at the end", "a.test 5 TXT x\\", 1},
        {"a failure of no kind", "a.test 5 TXT FAILED", 1},
        {"a record after NXDOMAIN", "a.test 5 A NXDOMAIN\na.test 5 A 192.0.2.1", 2},
        {"NODATA after a record", "a.test 5 A 192.0.2.1\na.test 5 A NODATA", 2},
        {"an empty label", "a..test 5 A 192.0.2.1", 1},
    }));
    INFO(test.name);
    const auto answers = dns::parse_answers(test.text);
    REQUIRE_FALSE(answers);
    CHECK(answers.error().line == test.line);
    CHECK_FALSE(answers.error().message.empty());
}

TEST_CASE("an answer from a file is the answer from the DNS") {
    const auto answers = dns::parse_answers("a.test 7 MX [secure] 10 mx.test\na.test 7 MX [secure] 5 b.test");
    REQUIRE(answers);
    const dns::Answer* answer = answers->find(question("a.test", dns::Type::mx));
    REQUIRE(answer != nullptr);
    CHECK(answer->status == dns::Status::found);
    CHECK(answer->ttl == 7);
    CHECK(answer->secure);
    CHECK_FALSE(answer->aliased);
    CHECK(answer->exchanges == std::vector<dns::MailExchange>{{10, "mx.test"}, {5, "b.test"}});
    CHECK(answers->find(question("a.test", dns::Type::a)) == nullptr);
}
