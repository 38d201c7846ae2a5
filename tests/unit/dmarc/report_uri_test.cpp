#include "dmarc/report_uri.h"

#include "support/catch.h"

#include <string>

TEST_CASE("report URIs") {
    struct Case {
        const char* name;
        std::string text;
        const char* expected; // the URI kept, "-" for none
        bool mailto;
    };
    const Case cases[] = {
        {"a mailbox", "mailto:agg@example.org", "mailto:agg@example.org", true},
        {"the scheme in capitals", "MAILTO:agg@example.org", "MAILTO:agg@example.org", true},
        {"another scheme", "https://example.org/reports?to=a", "https://example.org/reports?to=a", false},
        {"header fields behind the address", "mailto:agg@example.org?subject=x",
         "mailto:agg@example.org?subject=x", true},
        {"an encoded comma", "mailto:a%2Cb@example.org", "mailto:a%2Cb@example.org", true},
        {"an encoded exclamation mark", "mailto:a%21b@example.org", "mailto:a%21b@example.org", true},
        {"a size in bytes", "mailto:agg@example.org!5000", "mailto:agg@example.org", true},
        {"a size in kilobytes", "mailto:agg@example.org!50k", "mailto:agg@example.org", true},
        {"a size in capital megabytes", "mailto:agg@example.org!50M", "mailto:agg@example.org", true},
        {"a size in gigabytes", "mailto:agg@example.org!5g", "mailto:agg@example.org", true},
        {"a size in terabytes", "mailto:agg@example.org!5t", "mailto:agg@example.org", true},
        {"a size without digits", "mailto:agg@example.org!m", "-", false},
        {"a size with another unit", "mailto:agg@example.org!5x", "-", false},
        {"two sizes", "mailto:agg@example.org!5!5", "-", false},
        {"a bare exclamation mark", "mailto:a!b@example.org", "-", false},
        {"no scheme", "agg@example.org", "-", false},
        {"an empty scheme", ":agg@example.org", "-", false},
        {"a scheme that begins with a digit", "3mailto:agg@example.org", "-", false},
        {"nothing behind the scheme", "mailto:", "-", false},
        {"no mailbox", "mailto:example.org", "-", false},
        {"no local-part", "mailto:@example.org", "-", false},
        {"no domain", "mailto:agg@", "-", false},
        {"a domain that is none", "mailto:agg@exa..mple", "-", false},
        {"a domain with a U-label", "mailto:agg@b%C3%BCcher.example", "mailto:agg@b%C3%BCcher.example", true},
        {"a line break in the domain", "mailto:agg@example.org%0A", "-", false},
        {"a blank inside", "mailto:agg @example.org", "-", false},
        {"an escape cut off", "mailto:agg%2@example.org", "-", false},
        {"an escape at the end", "https://example.org/%4", "-", false},
        {"an angle bracket", "mailto:<agg@example.org>", "-", false},
        {"an 8-bit octet", "mailto:\xc3\xa9@example.org", "-", false},
        {"empty", "", "-", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name, c.text);
        const auto uri = dmarc::parse_report_uri(c.text);
        CHECK((uri ? uri->uri : "-") == c.expected);
        CHECK((uri && uri->mailto) == c.mailto);
    }
}
