#include "report/aggregate.h"

#include "support/catch.h"
#include "unit/report/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

using namespace report_test;

namespace {

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto octet = static_cast<unsigned char>(c);
        text += digits[octet >> 4U];
        text += digits[octet & 0xfU];
    }
    return text;
}

} // namespace

TEST_CASE("a stored value reads back") {
    const auto policy = report::unpack_policy(pack(full_policy()));
    REQUIRE(policy);
    CHECK(*policy == full_policy());
    for (const report::Row& row : {full_row(), plain_row("192.0.2.1")}) {
        const auto again = report::unpack_row(pack(row));
        REQUIRE(again);
        CHECK(*again == row);
    }
}

// What another version stored must be read as it was meant: a change here needs a new first octet.
TEST_CASE("the stored form does not change") {
    CHECK(hex(pack(full_policy())) ==
          "11000f6f7263686172642e6578616d706c65010201000100010005313a643a730017612074616720746861742069"
          "73206e6f74206b6e6f776e02001a6d61696c746f3a616767406f7263686172642e6578616d706c65001f68747470"
          "733a2f2f6f7263686172642e6578616d706c652f7265706f727473");
    CHECK(hex(pack(full_row())) ==
          "21001020010db8000000000000000000000019001570726573732e6f7263686172642e6578616d706c650017626f"
          "756e6365732e6f7263686172642e6578616d706c65000f686172626f75722e6578616d706c650201000201001370"
          "6173736564206f6e20284c6973742d49642904000002000f6f7263686172642e6578616d706c6500066564323032"
          "36010000000d6c697374732e6578616d706c6500026c31020018626f6479206861736820646964206e6f74207665"
          "72696679010017626f756e6365732e6f7263686172642e6578616d706c6504");
}

TEST_CASE("enumerations keep their numbers") {
    CHECK(static_cast<int>(dmarc::Discovery::psl) == 1);
    CHECK(static_cast<int>(dmarc::Policy::quarantine) == 1);
    CHECK(static_cast<int>(dmarc::Policy::reject) == 2);
    CHECK(static_cast<int>(dmarc::AlignmentMode::strict) == 1);
    CHECK(static_cast<int>(report::Disposition::pass) == 1);
    CHECK(static_cast<int>(report::Disposition::reject) == 3);
    CHECK(static_cast<int>(authenticate::OverrideType::mailing_list) == 1);
    CHECK(static_cast<int>(authenticate::OverrideType::trusted_forwarder) == 2);
    CHECK(static_cast<int>(authenticate::OverrideType::policy_test_mode) == 3);
    CHECK(static_cast<int>(authenticate::OverrideType::other) == 4);
    CHECK(static_cast<int>(dkim::Result::pass) == 1);
    CHECK(static_cast<int>(dkim::Result::fail) == 2);
    CHECK(static_cast<int>(dkim::Result::permerror) == 6);
    CHECK(static_cast<int>(spf::Result::pass) == 2);
    CHECK(static_cast<int>(spf::Result::softfail) == 4);
    CHECK(static_cast<int>(spf::Result::permerror) == 6);
}

TEST_CASE("what is cut, longer or of another form is refused") {
    const std::string policy = pack(full_policy());
    const std::string row = pack(full_row());
    for (std::size_t size = 0; size < policy.size(); ++size) {
        CHECK_FALSE(report::unpack_policy(policy.substr(0, size)));
    }
    for (std::size_t size = 0; size < row.size(); ++size) {
        CHECK_FALSE(report::unpack_row(row.substr(0, size)));
    }
    CHECK_FALSE(report::unpack_policy(policy + '\0'));
    CHECK_FALSE(report::unpack_row(row + '\0'));
    CHECK_FALSE(report::unpack_policy(row));
    CHECK_FALSE(report::unpack_row(policy));
    std::string newer = row;
    newer.front() = '\x22';
    CHECK_FALSE(report::unpack_row(newer));
}

TEST_CASE("a changed octet is refused or gives a value of the same bytes") {
    const std::string row = pack(full_row());
    for (std::size_t at = 0; at < row.size(); ++at) {
        for (const char octet : {'\0', '\1', '\x7f', '\xff', 'A', '.'}) {
            std::string changed = row;
            changed[at] = octet;
            if (const auto value = report::unpack_row(changed)) {
                CHECK(pack(*value) == changed);
            }
        }
    }
}

TEST_CASE("what is stored stays within the limits") {
    report::Row row = full_row();
    row.dkim.assign(500, {name("a.example"), std::string(1000, 's'), dkim::Result::pass, "a\r\nb"});
    row.reasons.assign(50, {authenticate::OverrideType::other, std::string(5000, 'c')});
    const auto again = report::unpack_row(pack(row));
    REQUIRE(again);
    CHECK(again->dkim.size() == report::max_signatures);
    CHECK(again->dkim.front().selector.size() == report::max_selector_octets);
    CHECK(again->dkim.front().human_result == "a??b");
    CHECK(again->reasons.size() == report::max_reasons);
    CHECK(again->reasons.front().comment.size() == report::max_words_octets);
}

TEST_CASE("an address has one stored form") {
    std::string stored = pack(full_row());
    const std::string mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\7", 16); // ::ffff:192.0.2.7
    stored.replace(3, 16, mapped);
    CHECK_FALSE(report::unpack_row(stored));
}

TEST_CASE("a key is the beginning of a SHA-256") {
    // FIPS 180-4, the example "abc".
    CHECK(report::key_of("abc") == report::Key{0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41,
                                               0x40, 0xde, 0x5d, 0xae, 0x22, 0x23});
}

TEST_CASE("days begin at midnight UTC") {
    CHECK(report::day_of(0) == 0);
    CHECK(report::day_of(86399) == 0);
    CHECK(report::day_of(86400) == 1);
    CHECK(report::day_of(-1) == -1);
    CHECK(report::day_of(-86400) == -1);
    CHECK(report::begin_of(report::day_of(1793664000)) == 1793664000);
    CHECK(report::last_second_of(report::day_of(1793664000)) == 1793750399);
}

TEST_CASE("detail goes in a fixed order") {
    using report::Detail;
    const auto at = [](Detail detail) { return reduce(full_row(), detail, name("orchard.example")); };
    CHECK(at(Detail::full) == full_row());
    CHECK_FALSE(at(Detail::no_envelope).envelope_from);
    CHECK_FALSE(at(Detail::no_envelope).envelope_to);
    CHECK(at(Detail::no_envelope).dkim.size() == 2);
    CHECK(at(Detail::no_failed_signatures).dkim.size() == 1);
    CHECK(at(Detail::no_results).dkim.empty());
    CHECK_FALSE(at(Detail::no_results).spf);
    CHECK(at(Detail::no_results).reasons.size() == 2);
    CHECK(at(Detail::no_results).header_from == name("press.orchard.example"));
    CHECK(at(Detail::policy_domain).header_from == name("orchard.example"));
    CHECK(at(Detail::policy_domain).disposition == report::Disposition::quarantine);
    CHECK(at(Detail::policy_domain).dkim_aligned);
    CHECK(at(Detail::policy_domain).source_ip == address("2001:db8::19"));
    CHECK(at(Detail::network).source_ip == address("2001:db8::"));
    CHECK(at(Detail::nobody).source_ip == address("::"));
    CHECK(at(Detail::nobody).dkim_aligned);
}

TEST_CASE("whatever sends mail, rows of the least detail have a bound") {
    using report::Detail;
    const auto domain = name("orchard.example");
    const auto distinct = [&](Detail detail, const char* first, const char* rest) {
        std::set<std::string> rows;
        for (unsigned i = 0; i < 250; ++i) {
            auto row = full_row();
            row.source_ip = address(fmt::format("{}{:x}{}", first, i, rest));
            row.header_from = name(fmt::format("r{}.orchard.example", i));
            row.dkim[0].selector = std::to_string(i);
            rows.insert(report::pack(reduce(row, detail, domain)));
        }
        return rows.size();
    };
    CHECK(distinct(Detail::policy_domain, "2001:db8::", "") == 250);
    CHECK(distinct(Detail::network, "2001:db8::", "") == 1);
    CHECK(distinct(Detail::network, "2001:db8:0:", "::1") == 250);
    CHECK(distinct(Detail::nobody, "2001:db8:0:", "::1") == 1);
    const auto v4 = [&](const char* source, Detail detail) {
        return reduce(plain_row(source), detail, domain).source_ip.print();
    };
    CHECK(v4("192.0.2.7", Detail::network) == "192.0.2.0");
    CHECK(v4("192.0.2.7", Detail::nobody) == "0.0.0.0");
}
