#include "config/text_checks.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

template <class T>
std::optional<config::Refusal> refusal_of(const base::Result<T, config::Refusal>& result) {
    return result ? std::nullopt : std::optional(result.error());
}

void check_all(config::Check check, const std::vector<std::string>& good,
               const std::vector<std::string>& bad) {
    for (const std::string& text : good) {
        INFO(text);
        CHECK_FALSE(check(text).has_value());
    }
    for (const std::string& text : bad) {
        INFO(text);
        CHECK(check(text).has_value());
    }
}

} // namespace

TEST_CASE("sockets") {
    check_all([](auto text) { return refusal_of(config::read_socket(text)); },
              {"inet:127.0.0.1:8891", "inet:localhost:8891", "inet6:[::1]:8891", "inet:[::1]:8891",
               "inet:8891@127.0.0.1", "inet6:8891@::1", "unix:/run/paraph/milter.sock", "local:/run/x"},
              {"", "8891", "inet:8891", "inet:127.0.0.1", "inet:127.0.0.1:0", "inet:127.0.0.1:70000",
               "inet:a b:1", "inet:@:", "unix:relative", "unix:", "unix:/" + std::string(107, 'x'),
               "tcp:127.0.0.1:1", "/run/x", "inet:127.0.0.1:1:"});
    CHECK(config::read_socket("/run/x").error().hint == "write 'unix:/run/x'");
    CHECK(config::read_socket("unix:run/x").error().hint == "write 'unix:/run/x'");
    CHECK(config::read_socket("unix:x.sock").error().hint == "write 'unix:/run/paraph/x.sock'");
    CHECK(config::read_socket("unix:./a/x.sock").error().hint == "write 'unix:/run/paraph/x.sock'");
    CHECK(config::read_socket("local:").error().hint == "write 'unix:/run/paraph/paraph.sock'");
}

TEST_CASE("authserv-ids") {
    check_all(config::check_authserv_id, {"mail.example.org", "HOSTNAME", "mx1/queue", "example.org:1"},
              {"a b", "a;b", "a\"b", "a(b", "a,b", "m\xc3\xbcller.example", "a\\b", ".", "..", "-"});
    CHECK(config::check_authserv_id("a b")->reason == "an authserv-id may not contain blanks");
    CHECK(config::check_authserv_id("a;b")->reason == "an authserv-id may not contain ';'");
    CHECK(config::check_authserv_id("m\xc3\xbcller.example")->hint == "write 'xn--mller-kva.example'");
}

TEST_CASE("names of header fields") {
    check_all(config::check_field_name, {"From", "X-Spam!", "a", std::string(900, 'x')},
              {"From:", "My Field", "Betre\xc3\xbf", "X;Y", "From,To", "List-*", std::string(901, 'x')});
}

TEST_CASE("name servers") {
    check_all([](auto text) { return refusal_of(config::read_nameserver(text)); },
              {"192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]", "[2001:db8::53]:5353"},
              {"ns.example.org", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:x", "[192.0.2.53]:53",
               "[2001:db8::53", "[2001:db8::53]5353", ":53", "255.255.255.255", "224.0.0.1", "ff02::fb",
               "[fe80::1]:53"});
}

TEST_CASE("selectors and identities") {
    check_all(config::check_selector, {"s2026", "a.b", "x-y_z"},
              {"a b", "s/x", ".", "a..b", std::string(64, 's')});
    check_all(config::check_identity,
              {"@example.org", "joe@example.org", "joe@sub.example.org", "@m\xc3\xbcller.example"},
              {"example.org", "joe", "joe@", "joe@exa mple.org", "j oe@example.org", "a;b@example.org",
               "x@sub@example.org", "a(b@example.org"});
}

TEST_CASE("plain names") {
    check_all(config::check_name, {"postfix", "ORIGINATING"}, {"two words", "t\tab", "gr\xc3\xbcn"});
}
