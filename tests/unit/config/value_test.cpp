#include "config/value.h"

#include "support/catch.h"

#include <fmt/format.h>

using config::Kind;
using config::Type;

namespace {

const Type boolean{.kind = Kind::boolean};
const Type integer{.kind = Kind::integer, .minimum = 1, .maximum = 100};
const Type mode{.kind = Kind::mode, .minimum = 0, .maximum = 0777};
const Type size{.kind = Kind::size, .minimum = 1024, .maximum = 1024 * 1024 * 1024};
const Type duration{.kind = Kind::duration, .minimum = 100, .maximum = 60'000};
const Type seconds{.kind = Kind::duration, .minimum = 0, .maximum = 86'400'000, .step = 1000};
const Type word{.kind = Kind::word, .words = {"none", "records", "all"}};
const Type text{.kind = Kind::text};
const Type required{.kind = Kind::text, .minimum = 1};
const Type texts{.kind = Kind::texts};
const Type networks{.kind = Kind::networks};
const Type socket{.kind = Kind::socket};
const Type servers{.kind = Kind::servers};

// The value as it would be written, or "refused" with what the refusal says.
std::string read(const Type& type, std::string_view input, bool quoted) {
    const auto value = config::parse_value(type, input, quoted);
    if (value) {
        return config::print(type, *value);
    }
    return fmt::format("refused: {} ({})", value.error().reason, value.error().hint);
}

} // namespace

TEST_CASE("a value reads back as it is printed") {
    struct Case {
        std::string name;
        const Type& type;
        std::string input;
        std::string printed;
        bool quoted = false;
    };
    const Case cases[]{
        {"true", boolean, "true", "true"},
        {"yes in capitals", boolean, "YES", "true"},
        {"on", boolean, "on", "true"},
        {"no", boolean, "no", "false"},
        {"Off", boolean, "Off", "false"},
        {"the lowest number", integer, "1", "1"},
        {"the highest number", integer, "100", "100"},
        {"octal with a zero in front", mode, "0660", "0660"},
        {"octal as YAML 1.2 has it", mode, "0o600", "0600"},
        {"octal without a zero, in quotes", mode, "640", "0640", true},
        {"plain bytes", size, "2000", "2000"},
        {"bytes that make kilobytes", size, "2048", "2K"},
        {"megabytes", size, "16M", "16M"},
        {"megabytes in lower case", size, "16m", "16M"},
        {"a gigabyte", size, "1024M", "1G"},
        {"milliseconds", duration, "200ms", "200ms"},
        {"seconds", duration, "5s", "5s"},
        {"seconds that make a minute", duration, "60s", "1m"},
        {"a quoted duration", duration, "5s", "5s", true},
        {"hours", seconds, "2h", "2h"},
        {"days", seconds, "1d", "1d"},
        {"zero needs no unit", seconds, "0", "0"},
        {"a word", word, "records", "records"},
        {"a text", text, "mail.example.org", "mail.example.org"},
        {"a text like a boolean", text, "yes", "yes"},
        {"a text with blanks", text, "a b", "\"a b\""},
        {"a text with quotes", text, R"(a"b\c)", R"("a\"b\\c")"},
        {"an empty text", text, "", "\"\""},
        {"a socket", socket, "inet:127.0.0.1:8891", "inet:127.0.0.1:8891"},
        {"a socket as OpenDKIM writes it", socket, "local:/run/x", "local:/run/x"},
        {"a socket with brackets", socket, "inet6:[::1]:8891", "\"inet6:[::1]:8891\""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(read(c.type, c.input, c.quoted) == c.printed);
    }
}

TEST_CASE("a value of the wrong form is refused") {
    struct Case {
        std::string name;
        const Type& type;
        std::string input;
        std::string refusal;
        bool quoted = false;
    };
    const Case cases[]{
        {"another word for true", boolean, "maybe", "refused:  ()"},
        {"a number for true", boolean, "1", "refused:  ()"},
        {"a quoted boolean", boolean, "yes", "refused:  (leave out the quotes)", true},
        {"nothing", boolean, "", "refused:  ()"},
        {"below the range", integer, "0", "refused:  ()"},
        {"above the range", integer, "101", "refused:  ()"},
        {"above all ranges", integer, "99999999999999999999999", "refused:  ()"},
        {"negative", integer, "-1", "refused:  ()"},
        {"a sign", integer, "+1", "refused:  ()"},
        {"a fraction", integer, "1.5", "refused:  ()"},
        {"hexadecimal", integer, "0x10", "refused:  ()"},
        {"a number and more", integer, "5 apples", "refused:  ()"},
        {"a quoted number", integer, "5", "refused:  (leave out the quotes)", true},
        {"digits that are not octal", mode, "0680", "refused:  ()"},
        {"more than permissions", mode, "1777", "refused:  ()"},
        {"an unknown unit of size", size, "16X", "refused:  ()"},
        {"a size that overflows", size, "99999999999999999G", "refused:  ()"},
        {"a unit without a number", size, "M", "refused:  ()"},
        {"a size below the range", size, "1", "refused:  ()"},
        {"a duration without unit", duration, "5", "refused:  (write '5s')"},
        {"a duration with an unknown unit", duration, "5 parsecs", "refused:  ()"},
        {"too short", duration, "99ms", "refused:  ()"},
        {"too long", duration, "61s", "refused:  ()"},
        {"a part of a second where seconds count", seconds, "1500ms", "refused:  ()"},
        {"a word misspelt", word, "record", "refused:  (did you mean 'records'?)"},
        {"a word in capitals", word, "ALL", "refused:  (did you mean 'all'?)"},
        {"another word", word, "everything", "refused:  ()"},
        {"a control character", text, "a\nb", "refused: control characters are not allowed ()"},
        {"nothing where something must be", required, "", "refused: may not be empty ()"},
        {"a text for a list", networks, "10.0.0.0/8", "refused:  (write [10.0.0.0/8])"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(read(c.type, c.input, c.quoted) == c.refusal);
    }
}

TEST_CASE("lists") {
    const auto blocks = config::parse_list(networks, {"10.1.2.3/8", "::1", "192.0.2.1"});
    REQUIRE(blocks);
    CHECK(config::print(networks, *blocks) == "[10.0.0.0/8, \"::1/128\", 192.0.2.1/32]");
    const auto names = config::parse_list(texts, {"a", "b c"});
    REQUIRE(names);
    CHECK(config::print(texts, *names) == "[a, \"b c\"]");
    CHECK(config::print(texts, config::parse_list(texts, {}).value()) == "[]");
    const auto addresses =
        config::parse_list(servers, {"192.0.2.53", "[2001:DB8::53]", "[2001:db8::53]:5353"});
    REQUIRE(addresses);
    CHECK(config::print(servers, *addresses) == "[192.0.2.53, 2001:db8::53, \"[2001:db8::53]:5353\"]");

    struct Case {
        std::string name;
        const Type& type;
        std::string item;
        config::Refusal refusal;
    };
    const Case cases[]{
        {"a prefix that is too long",
         networks,
         "10.0.0.0/33",
         {"", "expected a prefix length from 0 to 32 after the slash"}},
        {"a host name",
         networks,
         "localhost",
         {"", "expected an IPv4 or IPv6 address, for example 192.0.2.0/24 or 2001:db8::/32"}},
        {"nothing", texts, "", {}},
        {"no server", servers, "", {}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(config::check_item(c.type, c.item) == c.refusal);
        CHECK(config::parse_list(c.type, {"192.0.2.1", c.item}).error() == c.refusal);
    }
}

TEST_CASE("what a type expects can be said") {
    struct Case {
        const Type& type;
        std::string expectation;
    };
    const Type table{.kind = Kind::path, .words = {"file:", "refile:"}};
    const Type path{.kind = Kind::path};
    const Case cases[]{
        {boolean, "true or false"},
        {integer, "a number from 1 to 100"},
        {mode, "permissions in octal such as 0660"},
        {size, "a size from 1K to 1G"},
        {duration, "a duration from 100ms to 1m"},
        {seconds, "a duration from 0 to 1d in whole seconds"},
        {word, "one of none, records, all"},
        {text, "a text"},
        {path, "a path"},
        {table, "a path, plain or after file: or refile:"},
        {texts, "a list of texts"},
        {networks, "a list of addresses and blocks such as 192.0.2.0/24"},
        {servers, "a list of addresses, each with a port if it is not 53"},
        {socket, "a socket such as inet:127.0.0.1:8891"},
    };
    for (const Case& c : cases) {
        CHECK(config::expectation(c.type) == c.expectation);
    }
}
