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

TEST_CASE("what a result of ours says about the author", "[authres]") {
    const auto c = GENERATE(values<Case>({
        {"fail", " mx.example.org; spf=pass smtp.mailfrom=evil.example; dmarc=fail (p=reject) header.from=example.org",
         "dmarc=fail for example.org"},
        {"fail is final, whatever else passed", " mx.example.org; dkim=pass header.d=example.org; dmarc=fail header.from=example.org",
         "dmarc=fail for example.org"},
        {"permerror", " mx.example.org; dmarc=permerror reason=\"two From fields\"", "dmarc=permerror"},
        {"permerror of the author's domain", " mx.example.org; dmarc=permerror header.from=example.org",
         "dmarc=permerror for example.org"},
        {"temperror", " mx.example.org; dkim=none; dmarc=temperror header.from=example.org", "dmarc=temperror for example.org"},
        {"none", " mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=none; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"none with a signature of the author's domain",
         " mx.example.org; dkim=fail header.d=example.org; dkim=pass header.d=example.org; dmarc=none header.from=example.org", ""},
        {"none with a signature of a domain above", " mx.example.org; dkim=pass header.d=org; dmarc=none header.from=example.org", ""},
        {"none with a signature of a domain below",
         " mx.example.org; dkim=pass header.d=evil.example.org; dmarc=none header.from=example.org", "dmarc=none for example.org"},
        {"none with a signature that only resembles",
         " mx.example.org; dkim=pass header.d=notexample.org; dmarc=none header.from=example.org", "dmarc=none for example.org"},
        {"none with a broken signature", " mx.example.org; dkim=fail header.d=example.org; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"temperror with an authorized host", " mx.example.org; spf=pass smtp.mailfrom=example.org; dmarc=temperror header.from=example.org",
         ""},
        {"an authorized host by an address", " mx.example.org; spf=pass smtp.mailfrom=a@Example.ORG; dmarc=none header.from=example.org", ""},
        {"a HELO is no sender", " mx.example.org; spf=pass smtp.helo=example.org; dmarc=none header.from=example.org",
         "dmarc=none for example.org"},
        {"a word nobody knows", " mx.example.org; dmarc=bestguesspass header.from=example.org",
         "dmarc=bestguesspass for example.org"},
        {"pass", " mx.example.org; dmarc=pass header.from=example.org", ""},
        {"another author", " mx.example.org; dmarc=fail header.from=elsewhere.example", ""},
        {"a name below is another author", " mx.example.org; dmarc=fail header.from=sub.example.org", ""},
        {"several authors", " mx.example.org; dmarc=fail header.from=elsewhere.example header.from=example.org",
         "dmarc=fail for elsewhere.example"},
        {"an author domain that is none", " mx.example.org; dmarc=fail header.from=\"no domain\"", "dmarc=fail"},
        {"upper case", " MX.EXAMPLE.ORG; DMARC=FAIL header.from=EXAMPLE.org", "dmarc=fail for example.org"},
        {"a fold and comments", " (x) mx.example.org 1;\r\n\tdmarc (a) = (b) fail\r\n\theader.from=example.org", "dmarc=fail for example.org"},
        {"a pass and a fail", " mx.example.org; dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
         "dmarc=fail for example.org"},
        {"no DMARC", " mx.example.org; spf=fail smtp.mailfrom=example.org", ""},
        {"no result", " mx.example.org; none", ""},
        {"nothing that can be read", " mx.example.org; dmarc=pass header.from=example.org; dmarc", "a result that cannot be read"},
        {"no semicolon", " mx.example.org dmarc=pass", "a result that cannot be read"},
        {"a version from the future", " mx.example.org 2; dmarc=pass header.from=example.org", "a result that cannot be read"},
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
    const auto passed = header({" mx.example.org; dmarc=pass header.from=elsewhere.example"});
    CHECK(find_own_result(passed, ours, {}).doubt.empty());
}
