#include "authenticate/results.h"

#include "authres/format.h"
#include "support/catch.h"

namespace {

std::string unfolded(const authenticate::Verdict& verdict) {
    std::string text = authres::format("id.example", authenticate::results(verdict));
    std::string line;
    for (const char c : text) {
        if (c == '\t') {
            line += ' ';
        } else if (c != '\r' && c != '\n') {
            line += c;
        }
    }
    return line;
}

dkim::Verdict signature(const std::string& text) {
    dkim::Verdict verdict;
    verdict.result = dkim::Result::pass;
    verdict.comment = "2048-bit key";
    verdict.domain = "example.org";
    verdict.selector = "s1";
    verdict.identity = "@example.org";
    verdict.algorithm = "rsa-sha256";
    verdict.signature_text = text;
    return verdict;
}

spf::Verdict sender(spf::Result result, const std::string& domain) {
    spf::Verdict verdict;
    verdict.result = result;
    verdict.domain = domain;
    return verdict;
}

} // namespace

TEST_CASE("a verdict in the words of RFC 8601") {
    authenticate::Verdict verdict;
    verdict.sender.mail_from = sender(spf::Result::pass, "bounce.example.org");
    verdict.dkim_checked = true;
    verdict.dkim = {signature("AbCdEfGhIjKl==")};
    authenticate::DmarcVerdict dmarc;
    dmarc.result = dmarc::Result::pass;
    dmarc.author_domain = base::DomainName::parse("example.org");
    dmarc.evaluation.emplace();
    dmarc.evaluation->result = dmarc::Result::pass;
    dmarc.evaluation->record.emplace();
    dmarc.evaluation->policy_tag = "p";
    dmarc.evaluation->published_policy = dmarc::Policy::reject;
    dmarc.evaluation->policy = dmarc::Policy::reject;
    verdict.dmarc = dmarc;
    CHECK(unfolded(verdict) ==
          "id.example; spf=pass smtp.mailfrom=bounce.example.org; dkim=pass (2048-bit key) "
          "header.d=example.org "
          "header.i=@example.org header.s=s1 header.a=rsa-sha256 header.b=AbCdEfGh; dmarc=pass (p=reject) "
          "header.from=example.org policy.dmarc=reject");
}

TEST_CASE("iprev reports the address", "[rfc8601-2.7.3]") {
    authenticate::Verdict verdict;
    verdict.sender.iprev = iprev::Verdict{iprev::Result::pass, "mx.example.org", {}, "192.0.2.1"};
    CHECK(unfolded(verdict) == "id.example; iprev=pass (mx.example.org) policy.iprev=192.0.2.1");
    verdict.sender.iprev = iprev::Verdict{iprev::Result::permerror, {}, "no reverse name", "2001:db8::1"};
    CHECK(unfolded(verdict) ==
          "id.example; iprev=permerror reason=\"no reverse name\" policy.iprev=\"2001:db8::1\"");
}

TEST_CASE("what SPF reports") {
    authenticate::Verdict verdict;
    SECTION("HELO for a null sender") {
        verdict.sender.null_sender = true;
        verdict.sender.mail_from = sender(spf::Result::pass, "mx.example.org");
        CHECK(unfolded(verdict) == "id.example; spf=pass smtp.helo=mx.example.org");
    }
    SECTION("a MAIL FROM without a domain") {
        verdict.sender.mail_from = sender(spf::Result::none, "");
        verdict.sender.mail_from->problem = "no domain in MAIL FROM: more than one path";
        CHECK(unfolded(verdict) ==
              "id.example; spf=none reason=\"no domain in MAIL FROM: more than one path\"");
    }
    SECTION("a HELO pass is not mentioned beside MAIL FROM") {
        verdict.sender.mail_from = sender(spf::Result::none, "example.org");
        verdict.sender.helo = sender(spf::Result::pass, "attacker.example");
        CHECK(unfolded(verdict) == "id.example; spf=none smtp.mailfrom=example.org");
    }
    SECTION("a HELO fail is") {
        verdict.sender.mail_from = sender(spf::Result::none, "example.org");
        verdict.sender.helo = sender(spf::Result::fail, "mx.example.org");
        CHECK(unfolded(verdict) ==
              "id.example; spf=none smtp.mailfrom=example.org; spf=fail smtp.helo=mx.example.org");
    }
}

TEST_CASE("the result for HELO is shown on request, whatever it is") {
    for (const auto result : {spf::Result::none, spf::Result::pass, spf::Result::softfail}) {
        authenticate::Verdict verdict;
        verdict.sender.mail_from = sender(spf::Result::neutral, "example.org");
        verdict.sender.helo = sender(result, "mx.example.org");
        const auto list = authenticate::results(verdict, {.every_helo = true});
        REQUIRE(list.size() == 2);
        CHECK(list[1].result == spf::print(result));
        CHECK(list[1].properties.front().name == "helo");
        CHECK(list[1].properties.front().value == "mx.example.org");
        CHECK(authenticate::results(verdict).size() == 1);
    }
}

TEST_CASE("header.b is as long as it takes to tell signatures apart") {
    authenticate::Verdict verdict;
    verdict.dkim_checked = true;
    verdict.dkim = {signature("AAAAAAAAAABX"), signature("AAAAAAAAAACX"), signature("BBBBBBBBBBBB")};
    const auto list = authenticate::results(verdict);
    REQUIRE(list.size() == 3);
    CHECK(list[0].properties.back().value == "AAAAAAAAAAB");
    CHECK(list[1].properties.back().value == "AAAAAAAAAAC");
    CHECK(list[2].properties.back().value == "BBBBBBBB");
}

TEST_CASE("an unsigned message is dkim=none, a check that is off is not mentioned") {
    authenticate::Verdict verdict;
    CHECK(unfolded(verdict) == "id.example; none");
    verdict.dkim_checked = true;
    CHECK(unfolded(verdict) == "id.example; dkim=none");
}

TEST_CASE("an identity is shown as it is or not at all") {
    struct Case {
        const char* what;
        const char* identity;
        const char* shown;
    };
    const Case cases[] = {
        {"a domain", "@example.org", "@example.org"},
        {"an address", "ann.smith+x@example.org", "ann.smith+x@example.org"},
        {"U-labels, of which ASCII alone would be another domain", "@victim\xc3\xa9.example",
         "@xn--victim-gva.example"},
        {"a local-part that spells a result", "dmarc=pass@example.org", ""},
        {"a quoted local-part", "\"admin@victim.example\"@example.org", ""},
        {"a local-part in UTF-8", "\xc3\xbc@example.org", ""},
        {"a domain that is none", "ann@exa mple", ""},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        authenticate::Verdict verdict;
        verdict.dkim = {signature("AbCdEfGh")};
        verdict.dkim.front().identity = c.identity;
        std::string shown;
        const auto results = authenticate::results(verdict);
        for (const auto& property : results.front().properties) {
            shown += property.name == "i" ? property.value : "";
        }
        CHECK(shown == c.shown);
    }
}

TEST_CASE("what SPF says of the words of others spells no result") {
    authenticate::Verdict verdict;
    verdict.sender.mail_from = sender(spf::Result::permerror, "example.org");
    verdict.sender.mail_from->problem = "dmarc=pass.victim.test does not exist";
    CHECK(unfolded(verdict) == "id.example; spf=permerror reason=\"dmarc?pass.victim.test does not exist\" "
                               "smtp.mailfrom=example.org");
}

TEST_CASE("mail through a relay names the relay and the client that was checked") {
    authenticate::Verdict verdict;
    verdict.sender.mail_from = sender(spf::Result::pass, "example.org");
    verdict.relay.emplace();
    verdict.relay->relay = *base::IpAddress::parse("198.51.100.7");
    verdict.relay->client = base::IpAddress::parse("2001:db8::1");
    CHECK(unfolded(verdict) == "id.example; spf=pass (through relay 198.51.100.7) smtp.mailfrom=example.org "
                               "smtp.remote-ip=\"2001:db8::1\"");
    verdict.relay->client = base::IpAddress::parse("192.0.2.1");
    verdict.relay->rewritten_sender = "<SRS0=a=b=example.org=ann@example.net>";
    CHECK(unfolded(verdict) ==
          "id.example; spf=pass (through relay 198.51.100.7) (sender as it was before the relay "
          "rewrote it) smtp.mailfrom=example.org smtp.remote-ip=192.0.2.1");
    verdict.relay->rewritten_sender.clear();
    verdict.relay->client.reset();
    verdict.sender.mail_from = sender(spf::Result::none, "example.org");
    verdict.sender.mail_from->problem = "no Received field of 198.51.100.7";
    CHECK(unfolded(verdict) ==
          "id.example; spf=none (through relay 198.51.100.7) reason=\"no Received field of "
          "198.51.100.7\" smtp.mailfrom=example.org");
}
