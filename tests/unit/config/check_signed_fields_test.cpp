#include "config/load.h"
#include "support/catch.h"

#include <string>
#include <vector>

namespace {

std::vector<std::string> told_of(const std::string& yaml) {
    std::vector<std::string> texts;
    for (const auto& diagnostic : config::load_text(yaml, "p.yaml").diagnostics) {
        texts.push_back(config::print(diagnostic));
    }
    return texts;
}

std::vector<std::string> told(const std::string& lists) {
    return told_of("signing: {" + lists + "}\n");
}

std::string domain(const std::string& name, const std::string& lists) {
    return "  " + name + ": {keys: [{selector: s, file: k.pem}], " + lists + "}\n";
}

struct Case {
    const char* name;
    const char* lists;
    std::vector<const char*> words; // of each diagnostic; none: nothing is said
};

void check(const std::vector<Case>& cases) {
    for (const auto& c : cases) {
        CAPTURE(c.name);
        const auto texts = told(c.lists);
        CAPTURE(texts);
        REQUIRE(texts.size() == c.words.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            CHECK(texts[i].find(c.words[i]) != std::string::npos);
        }
    }
}

} // namespace

TEST_CASE("a list that is weaker than the built-in one says what others can do with your mail") {
    check({
        {"the built-in lists",
         "signed_fields: ['*'], oversigned_fields: ['*'], oversigned_if_present: ['*']",
         {}},
        {"more than these", "signed_fields: ['*', +x-note], oversigned_fields: ['*', +x-own]", {}},
        {"one that may be added",
         "oversigned_fields: ['*', -reply-to]",
         {"warning: 'signing.oversigned_fields': others can add to a signed mail of yours, and it stays "
          "signed: "
          "reply-to (see the guide"}},
        {"one that may be added once there is one",
         "oversigned_fields: ['*', -cc], oversigned_if_present: ['*', +cc]",
         {"it stays signed: cc"}},
        {"From may be added", "oversigned_fields: ['*', -from]", {"it stays signed: from ("}},
        {"none is oversigned",
         "oversigned_fields: []",
         {"it stays signed: from, reply-to, subject, to, cc, mime-version, content-type, "
          "content-transfer-encoding and 25 more (keep \"*\" in the list"}},
        {"none is oversigned where it is present",
         "oversigned_if_present: []",
         {"it stays signed: date, message-id"}},
        {"one that is not signed",
         "signed_fields: ['*', -subject]",
         {"'signing.signed_fields': others can add, change or remove in a signed mail of yours, and it stays "
          "signed: subject"}},
        {"one that is omitted",
         "omitted_fields: [list-unsubscribe]",
         {"'signing.omitted_fields': others can add, change or remove in a signed mail of yours, and it "
          "stays "
          "signed: list-unsubscribe"}},
        {"what no list holds anyhow", "omitted_fields: ['*', -comments, +x-note]", {}},
    });
}

TEST_CASE("what in a list of fields cannot be meant is said") {
    check({
        {"From among the omitted",
         "omitted_fields: ['*', +from]",
         {"warning: 'signing.omitted_fields': From is signed"}},
        {"From is not in the list",
         "signed_fields: [Subject, To]",
         {"p.yaml:1:26: error: 'signing.signed_fields' must hold From"}},
        {"in lower case it is", "signed_fields: ['*', from]", {}},
        {"From is taken out",
         "signed_fields: ['*', -From]",
         {"error: 'signing.signed_fields' must hold From"}},
        {"a sign without the list that it changes",
         "oversigned_if_present: [+x-own]",
         {"it stays signed", "error: 'signing.oversigned_if_present': +x-own changes the built-in list"}},
        {"the same of the omitted", "omitted_fields: [-comments]", {"changes the built-in list"}},
        {"an addition that changes on the way",
         "signed_fields: ['*', +received]",
         {"received changes on the way"}},
        {"the same taken out", "signed_fields: ['*', -received]", {}},
        {"an addition that each signature would break",
         "oversigned_fields: ['*', +DKIM-Signature]",
         {"DKIM-Signature changes on the way", "DKIM-Signature cannot be oversigned"}},
        {"a sign and no name", "signed_fields: ['*', '+']", {"'' is not the name"}},
        {"a pattern", "signed_fields: ['*', '+x-*']", {"'x-*' is not the name"}},
        {"all mail goes to lists", "list_recipients: ['*@*']", {"a Reply-To can be added to all mail"}},
        {"no address", "list_recipients: ['a@b@c d']", {"is not an address"}},
    });
}

TEST_CASE("the lists of a domain are held to what those of all domains are") {
    struct DomainCase {
        const char* name;
        const char* lists;
        std::vector<std::string> words;
    };
    const std::vector<DomainCase> cases{
        {"the built-in lists", "signed_fields: ['*'], oversigned_fields: ['*', +x-own]", {}},
        {"none but From", "signed_fields: []", {"others can add, change or remove"}},
        {"From is not in the list", "signed_fields: [To]", {"signed_fields' must hold From"}},
        {"From is taken out", "signed_fields: ['*', -from]", {"signed_fields' must hold From"}},
        {"a sign without the list that it changes",
         "omitted_fields: [+x-note]",
         {"omitted_fields': +x-note changes the built-in list"}},
        {"From among the omitted",
         "omitted_fields: [from]",
         {"omitted_fields': From is signed all the same"}},
        {"one that is omitted", "omitted_fields: [subject]", {"omitted_fields': others can"}},
        {"one that may be added", "oversigned_fields: ['*', -cc]", {"oversigned_fields': others can add to"}},
        {"none is oversigned where it is present", "oversigned_if_present: []", {"if_present': others can"}},
        {"an addition that each signature would break",
         "oversigned_fields: ['*', +DKIM-Signature]",
         {"DKIM-Signature cannot be oversigned", "DKIM-Signature changes on the way"}},
        {"no list", "lifetime: 1d", {}},
    };
    for (const auto& c : cases) {
        for (const std::string place : {"domains.example.org", "domains.*.example.org", "default"}) {
            CAPTURE(c.name, place);
            const auto name = place == "default" ? place : place.substr(8);
            const auto quoted = name.starts_with('*') ? "'" + name + "'" : name;
            const auto texts = told_of(place == "default" ? "default: {domains: [example.org], " +
                                                                domain("", c.lists).substr(5)
                                                          : "domains:\n" + domain(quoted, c.lists));
            CAPTURE(texts);
            REQUIRE(texts.size() == c.words.size());
            for (std::size_t i = 0; i < texts.size(); ++i) {
                CHECK(texts[i].find(c.words[i]) != std::string::npos);
                CHECK(texts[i].find("'" + place + ".") != std::string::npos);
            }
        }
    }
}

TEST_CASE("a domain cannot sign the result that is added to the mail") {
    const auto texts = told_of("roles: {report_authentication: true}\ndomains:\n" +
                               domain("a.example", "signed_fields: ['*', +Authentication-Results]"));
    REQUIRE(texts.size() == 2);
    CHECK(texts[0].find("'roles.report_authentication'") != std::string::npos);
}

TEST_CASE("many domains with a weaker list are one warning of each kind") {
    std::string yaml = "signing: {oversigned_fields: ['*', -to]}\ndomains:\n";
    for (int i = 0; i < 300; ++i) {
        const auto name = "d" + std::to_string(i);
        yaml +=
            domain(name + ".example", "oversigned_fields: ['*', -to, -cc], signed_fields: ['*', +received]");
    }
    yaml += domain("same.example", "oversigned_fields: ['*', -to]"); // `signing` is told of that
    const auto texts = told_of(yaml);
    CAPTURE(texts);
    REQUIRE(texts.size() == 3);
    CHECK(texts[0].find("'signing.oversigned_fields'") != std::string::npos);
    CHECK(texts[1].find("p.yaml:3:") == 0);
    CHECK(texts[1].find("it stays signed: cc; the lists of 299 more domains are like that") !=
          std::string::npos);
    CHECK(texts[2].find("received changes on the way, which breaks the signature; the lists of 299 more") !=
          std::string::npos);
}

TEST_CASE("the daemon refuses the lists of a domain that check-config refuses") {
    const auto yaml = "domains:\n" + domain("a.example", "signed_fields: [To]");
    const auto loaded = config::load_file_as(yaml, "/etc/paraph/paraph.yaml");
    CHECK_FALSE(loaded.settings);
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].line == 2);
}
