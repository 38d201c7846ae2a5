#include "authres/own_result.h"

#include "support/catch.h"

#include <string>
#include <string_view>
#include <vector>

using authres::find_own_result;

namespace {

const std::vector<std::string> ours{"mx.example.org"};

message::HeaderList header(const std::vector<std::string>& results) {
    message::HeaderList headers;
    headers.add(message::HeaderField("Received", " from somewhere"));
    for (const auto& body : results) {
        headers.add(message::HeaderField("Authentication-Results", body));
    }
    headers.add(message::HeaderField("From", " boss@example.org"));
    return headers;
}

std::vector<base::DomainName> domains(std::string_view name) {
    const auto domain = base::DomainName::parse(name);
    return domain ? std::vector{*domain} : std::vector<base::DomainName>{};
}

struct Case {
    const char* what;
    std::string_view body;
    const char* doubt;
};

} // namespace

TEST_CASE("what DMARC of ours says about the author", "[authres]") {
    const auto c = GENERATE(values<Case>({
        {"fail",
         " mx.example.org; spf=pass smtp.mailfrom=evil.example; dmarc=fail (p=reject) "
         "header.from=example.org",
         "dmarc=fail for example.org"},
        {"fail is final, whatever else passed",
         " mx.example.org; dkim=pass header.d=example.org; dmarc=fail header.from=example.org",
         "dmarc=fail for example.org"},
        {"permerror", " mx.example.org; dmarc=permerror reason=\"two From fields\"", "dmarc=permerror"},
        {"permerror of the author's domain", " mx.example.org; dmarc=permerror header.from=example.org",
         "dmarc=permerror for example.org"},
        {"temperror", " mx.example.org; dkim=none; dmarc=temperror header.from=example.org",
         "dmarc=temperror for example.org"},
        {"none",
         " mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=none; dmarc=none "
         "header.from=example.org",
         "dmarc=none for example.org"},
        {"none with a signature of the author's domain",
         " mx.example.org; dkim=fail header.d=example.org; dkim=pass header.d=example.org; dmarc=none "
         "header.from=example.org",
         ""},
        {"none with a signature of a domain above",
         " mx.example.org; dkim=pass header.d=org; dmarc=none header.from=example.org", ""},
        {"none with a signature of a domain below",
         " mx.example.org; dkim=pass header.d=evil.example.org; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"none with a signature that only resembles",
         " mx.example.org; dkim=pass header.d=notexample.org; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"none with a broken signature",
         " mx.example.org; dkim=fail header.d=example.org; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"temperror with an authorized host",
         " mx.example.org; spf=pass smtp.mailfrom=example.org; dmarc=temperror header.from=example.org", ""},
        {"an authorized host by an address",
         " mx.example.org; spf=pass smtp.mailfrom=a@Example.ORG; dmarc=none header.from=example.org", ""},
        {"a HELO is no sender",
         " mx.example.org; spf=pass smtp.helo=example.org; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"a word nobody knows", " mx.example.org; dmarc=bestguesspass header.from=example.org",
         "dmarc=bestguesspass for example.org"},
        {"pass", " mx.example.org; dmarc=pass header.from=example.org", ""},
    }));
    INFO(c.what);
    CHECK(find_own_result(header({std::string(c.body)}), ours, domains("example.org")).doubt == c.doubt);
}

TEST_CASE("whose result it is that DMARC of ours gives", "[authres]") {
    const auto c = GENERATE(values<Case>({
        {"another author", " mx.example.org; dmarc=fail header.from=elsewhere.example", ""},
        {"a name below, which may be masqueraded",
         " mx.example.org; dmarc=fail header.from=evil.sub.example.org",
         "dmarc=fail for evil.sub.example.org"},
        {"a name below without a record",
         " mx.example.org; spf=pass smtp.mailfrom=sub.example.org; dmarc=none header.from=sub.example.org",
         "dmarc=none for sub.example.org"},
        {"a name below that passed", " mx.example.org; dmarc=pass header.from=sub.example.org", ""},
        {"a single label, which may be completed", " mx.example.org; dmarc=none header.from=sales",
         "dmarc=none for sales"},
        {"a name that only ends alike", " mx.example.org; dmarc=fail header.from=notexample.org", ""},
        {"several authors",
         " mx.example.org; dmarc=fail header.from=elsewhere.example header.from=example.org",
         "dmarc=fail for elsewhere.example"},
        {"an author domain that is none", " mx.example.org; dmarc=fail header.from=\"no domain\"",
         "dmarc=fail"},
        {"upper case", " MX.EXAMPLE.ORG; DMARC=FAIL header.from=EXAMPLE.org", "dmarc=fail for example.org"},
        {"a fold and comments",
         " (x) mx.example.org 1;\r\n\tdmarc (a) = (b) fail\r\n\theader.from=example.org",
         "dmarc=fail for example.org"},
        {"a pass and a fail",
         " mx.example.org; dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
         "dmarc=fail for example.org"},
    }));
    INFO(c.what);
    CHECK(find_own_result(header({std::string(c.body)}), ours, domains("example.org")).doubt == c.doubt);
}

TEST_CASE("without DMARC, SPF and DKIM of ours speak for the author", "[authres]") {
    const auto c = GENERATE(values<Case>({
        {"no DMARC and a host that is not authorized",
         " mx.example.org; spf=fail smtp.mailfrom=example.org; dkim=none", "spf=fail for example.org"},
        {"no DMARC and a sender below", " mx.example.org; spf=softfail smtp.mailfrom=a@b.example.org",
         "spf=softfail for b.example.org"},
        {"no DMARC and a domain without SPF", " mx.example.org; spf=none smtp.mailfrom=example.org",
         "spf=none for example.org"},
        {"no DMARC and a broken signature",
         " mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=fail header.d=example.org",
         "dkim=fail for example.org"},
        {"no DMARC and a signature that holds",
         " mx.example.org; spf=fail smtp.mailfrom=example.org; dkim=pass header.d=example.org", ""},
        {"no DMARC and a broken signature of an authorized host",
         " mx.example.org; spf=pass smtp.mailfrom=example.org; dkim=fail header.d=example.org", ""},
        {"no DMARC and another's signature",
         " mx.example.org; spf=fail smtp.mailfrom=example.org; dkim=pass header.d=evil.example",
         "spf=fail for example.org"},
        {"no DMARC and another sender",
         " mx.example.org; spf=fail smtp.mailfrom=evil.example; dkim=fail header.d=evil.example", ""},
        {"no DMARC and a HELO", " mx.example.org; spf=fail smtp.helo=example.org", ""},
        {"DMARC has the last word",
         " mx.example.org; spf=fail smtp.mailfrom=example.org; dmarc=fail header.from=elsewhere.example", ""},
    }));
    INFO(c.what);
    CHECK(find_own_result(header({std::string(c.body)}), ours, domains("example.org")).doubt == c.doubt);
}

TEST_CASE("what of a result of ours can be read, and what is somebody else's", "[authres]") {
    const auto c = GENERATE(values<Case>({
        {"no result", " mx.example.org; none", ""},
        {"nothing that can be read", " mx.example.org; dmarc=pass header.from=example.org; dmarc",
         "a result that cannot be read"},
        {"no semicolon", " mx.example.org dmarc=pass", "a result that cannot be read"},
        {"a version from the future", " mx.example.org 2; dmarc=pass header.from=example.org",
         "a result that cannot be read"},
        {"an unclosed quote", " \"mx.example.org; dmarc=pass", "a result that cannot be read"},
        {"an unclosed comment", " (mx.example.org; dmarc=pass", "a result that cannot be read"},
        {"a job id", " mx.example.org/4x; dmarc=fail header.from=example.org",
         "a result that cannot be read"},
        {"an id and nothing else", " mx.example.org", ""},
        {"an id and no result", " (x) MX.example.org. 2 ;", ""},
        {"an id and text", " mx.example.org; dmarc failed", "a result that cannot be read"},
        {"an id and text without a semicolon", " mx.example.org says: fail", "a result that cannot be read"},
        {"an open comment behind the id", " mx.example.org (", "a result that cannot be read"},
        {"no id",
         " spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none; dmarc=fail "
         "header.from=example.org",
         ""},
        {"no id, and ours among the results",
         " spf=none (mx.example.org: no record) smtp.mailfrom=example.org; dmarc=fail", ""},
        {"an empty id", " ; dmarc=fail header.from=\"mx.example.org\"", ""},
        {"a version from the future of somebody else",
         " mx.elsewhere.example 2; dmarc=fail header.from=example.org", ""},
        {"somebody else's", " mx.elsewhere.example; dmarc=fail header.from=example.org", ""},
        {"somebody else's that cannot be read", " mx.elsewhere.example; dmarc", ""},
    }));
    INFO(c.what);
    CHECK(find_own_result(header({std::string(c.body)}), ours, domains("example.org")).doubt == c.doubt);
}

TEST_CASE("each field is enough for a doubt, and only what is plain is worth keeping", "[authres]") {
    const std::string pass = " mx.example.org; dmarc=pass header.from=example.org";
    const std::string fail = " mx.example.org; dmarc=fail header.from=example.org";
    const std::string foreign = " mx.elsewhere.example; dmarc=fail header.from=example.org";
    const std::string both = pass + ";" + fail.substr(16);
    const std::string shown = " mx.example.org; dmarc=fail (dmarc = pass) header.from=example.org";
    const std::string idless = " dmarc=fail header.from=example.org";
    const std::string without =
        " mx.example.org; spf=fail smtp.mailfrom=example.org; dkim=pass header.d=evil.example";
    const std::string signed_too =
        " mx.example.org; dkim=pass header.d=example.org; dmarc=fail header.from=example.org";
    const std::string signed_above =
        " mx.example.org; dkim=pass header.d=org; dmarc=permerror header.from=example.org";
    const std::string sent_too =
        " mx.example.org; SPF = (x) pass smtp.mailfrom=a@Example.ORG; dmarc=fail header.from=example.org";
    const std::string of_forger =
        " mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example;"
        " dmarc=fail header.from=example.org";
    const std::string unread = " mx.example.org; dmarc=pass (";
    struct Fields {
        std::vector<std::string> bodies;
        bool doubt;
        std::vector<std::size_t> kept;
    };
    const Fields all[] = {
        {{}, false, {}},
        {{pass, pass}, false, {}},
        {{foreign, fail}, true, {2}},
        {{pass, fail}, true, {2}},
        {{fail, pass, fail}, true, {1, 3}},
        {{both}, true, {}},
        {{shown}, true, {}},
        {{unread}, true, {}},
        {{unread, fail}, true, {2}},
        {{idless, fail}, true, {2}},
        {{without}, true, {1}},
        {{signed_too}, true, {1}},
        {{signed_above}, true, {1}},
        {{sent_too, fail}, true, {1, 2}},
        {{of_forger}, true, {1}},
    };
    for (const Fields& c : all) {
        INFO(c.bodies.size() << " fields, the last: " << (c.bodies.empty() ? "" : c.bodies.back()));
        const auto found = find_own_result(header(c.bodies), ours, domains("example.org"));
        CHECK(found.doubt.empty() != c.doubt);
        CHECK(found.instances == c.kept);
    }
}

TEST_CASE("where no author can be told a failure concerns whoever it is", "[authres]") {
    const auto failed = header({" mx.example.org; dmarc=fail header.from=elsewhere.example"});
    CHECK(find_own_result(failed, ours, {}).doubt == "dmarc=fail for elsewhere.example");
    const auto unsigned_mail = header({" mx.example.org; dkim=none"});
    CHECK(find_own_result(unsigned_mail, ours, {}).doubt.empty());
    const auto passed = header({" mx.example.org; dmarc=pass header.from=elsewhere.example"});
    CHECK(find_own_result(passed, ours, {}).doubt.empty());
}

TEST_CASE("a list below a domain answers for what it sends on for that domain", "[authres]") {
    const auto failed = header({" mx.example.org; dmarc=fail header.from=example.org"});
    CHECK(find_own_result(failed, ours, domains("lists.example.org")).doubt.empty());
}
