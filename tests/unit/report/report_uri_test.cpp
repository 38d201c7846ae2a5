#include "report/report_uri.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include <algorithm>
#include <string>

namespace {

std::string read(const std::string& uri) {
    const auto address = report::read_report_uri(uri);
    return address ? print(*address) : "-";
}

// A domain name of so many octets, more than 70.
std::string name_of(std::size_t octets) {
    const std::string end = "." + std::string(60, 'b') + ".example";
    return std::string(octets - end.size() - 61, 'c') + "." + std::string(60, 'd') + end;
}

} // namespace

TEST_CASE("one URI as an address") {
    struct Case {
        const char* name;
        std::string uri;
        std::string expected; // "-" for none
    };
    const Case cases[] = {
        {"plain", "mailto:agg@example.org", "agg@example.org"},
        {"capitals", "MAILTO:Agg@Example.ORG", "Agg@example.org"},
        {"an obsolete size", "mailto:agg@example.org!10m", "agg@example.org"},
        {"a size behind header fields", "mailto:agg@example.org?subject=x!10m", "agg@example.org"},
        {"header fields", "mailto:agg@example.org?cc=victim@example.net&bcc=b@example.net",
         "agg@example.org"},
        {"an escaped plus", "mailto:dmarc%2Bagg@example.org", "dmarc+agg@example.org"},
        {"an escaped percent", "mailto:a%25b@example.org", "a%b@example.org"},
        {"an escaped exclamation mark", "mailto:a%21b@example.org", "a!b@example.org"},
        {"an escaped domain", "mailto:agg@ex%61mple.org", "agg@example.org"},
        {"a quoted local-part", "mailto:%22ann%20smith%22@example.org", "\"ann smith\"@example.org"},
        {"quotes without need", "mailto:%22ann%22@example.org", "ann@example.org"},
        {"a final dot", "mailto:agg@example.org.", "agg@example.org"},
        {"nothing but a figure", "mailto:0", "-"},
        {"no address but a header field", "mailto:?to=agg@example.org", "-"},
        {"another scheme", "https://example.org/dmarc@example.org", "-"},
        {"two slashes", "mailto://agg@example.org", "-"},
        {"several addresses", "mailto:a@example.org,b@example.org", "-"},
        {"several addresses, escaped", "mailto:a@example.org%2Cb@example.org", "-"},
        {"an address in another", "mailto:a@example.net%20b@example.org", "-"},
        {"CR LF", "mailto:a%0D%0ABcc:%20v@example.org", "-"},
        {"CR LF in quotes", "mailto:%22a%0D%0A%22@example.org", "-"},
        {"CR LF in the domain", "mailto:a@example.org%0D%0A", "-"},
        {"NUL", "mailto:a%00@example.org", "-"},
        {"8-bit", "mailto:%C3%A9@example.org", "-"},
        {"angle brackets", "mailto:%3Ca@example.org%3E", "-"},
        {"a quote left open", "mailto:%22a@example.org", "-"},
        {"a quoted quote at the end", "mailto:%22a%5C%22@example.org", "-"},
        {"an empty quoted string", "mailto:%22%22@example.org", "-"},
        {"two dots", "mailto:a..b@example.org", "-"},
        {"no local-part", "mailto:@example.org", "-"},
        {"this host", "mailto:root@localhost", "-"},
        {"this host with a dot", "mailto:root@a.localhost", "-"},
        {"one label", "mailto:root@mail", "-"},
        {"an address literal", "mailto:a@[192.0.2.1]", "-"},
        {"an address in figures", "mailto:a@192.0.2.1", "-"},
        {"this host as Debian has it", "mailto:root@localhost.localdomain", "-"},
        {"a name of this network", "mailto:root@mail.local", "-"},
        {"a name of a private network", "mailto:root@mail.corp.INTERNAL.", "-"},
        {"a router's name", "mailto:root@fritz.lan", "-"},
        {"a name of no DNS", "mailto:root@a.onion", "-"},
        {"a name behind an address", "mailto:root@1.0.0.127.in-addr.arpa", "-"},
        {"a home", "mailto:root@box.home.arpa", "-"},
        {"an address in hexadecimal", "mailto:a@127.0.0.0x1", "-"},
        {"a name that is no host's", "mailto:a@_dmarc.example.org", "-"},
        {"a number in the name", "mailto:a@0x1.127.example", "a@0x1.127.example"},
        {"a top-level name that begins with a figure", "mailto:a@x.3com", "a@x.3com"},
        {"local, but not at the top", "mailto:a@local.example", "a@local.example"},
        {"a fragment", "mailto:a%23@example.org#x", "-"},
        {"a fragment in the local-part", "mailto:a#b@example.org", "-"},
        {"254 octets", "mailto:" + std::string(64, 'a') + "@" + name_of(189),
         std::string(64, 'a') + "@" + name_of(189)},
        {"255 octets", "mailto:" + std::string(64, 'a') + "@" + name_of(190), "-"},
        {"an escape cut off", "mailto:a%4@example.org", "-"},
        {"a domain with U-labels", "mailto:agg@b%C3%BCcher.example", "agg@xn--bcher-kva.example"},
        {"a local-part of 65 octets", "mailto:" + std::string(65, 'a') + "@example.org", "-"},
        {"a local-part of 64 octets", "mailto:" + std::string(64, 'a') + "@example.org",
         std::string(64, 'a') + "@example.org"},
        {"nothing", "", "-"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name, c.uri);
        CHECK(read(c.uri) == c.expected);
    }
}

TEST_CASE("an address of settings may have U-labels") {
    const auto address = report::read_address("agg@b\xc3\xbc"
                                              "cher.example");
    REQUIRE(address);
    CHECK(print(*address) == "agg@xn--bcher-kva.example");
}

TEST_CASE("a list of URIs in order, each address once, and no more than the limit") {
    const std::vector<std::string> uris = {
        "https://example.org/",     "mailto:a@example.org", "mailto:A@example.org", "mailto:a@EXAMPLE.org!5m",
        "mailto:%61@example.org?x", "mailto:b@example.org", "mailto:c@example.org"};
    const auto list = report::read_report_uris(uris, 3);
    std::string all;
    for (const report::Address& one : list.addresses) {
        all += print(one) + " ";
    }
    CHECK(all == "a@example.org A@example.org b@example.org ");
    CHECK(list.too_many == 1);
    CHECK(list.ignored == std::vector<std::string>{"\"https://example.org/\": only mailto: is supported"});
}

TEST_CASE("whatever a record holds, an address is one line of ASCII that reads back") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(3000); left > 0; --left) {
        std::string uri = "mailto:";
        for (const char c : hostile.next() + "@" + hostile.name()) {
            const bool escape = hostile.one_in(2) || c == '%' || c == ',' || c < 0x21;
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto octet = static_cast<unsigned char>(c);
            uri += escape ? std::string{'%', digits[octet >> 4U], digits[octet & 0xfU]} : std::string(1, c);
        }
        const auto address = report::read_report_uri(uri);
        if (!address) {
            CHECK(address.error().message.find_first_of("\r\n") == std::string::npos);
            continue;
        }
        const std::string text = print(*address);
        CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
        CHECK(report::read_address(text) == address);
    }
}
