#include "config/load.h"
#include "support/catch.h"

#include <string>
#include <vector>

namespace {

std::vector<std::string> told(const std::string& lists) {
    std::vector<std::string> texts;
    for (const auto& diagnostic : config::load_text("signing: {" + lists + "}\n", "p.yaml").diagnostics) {
        texts.push_back(config::print(diagnostic));
    }
    return texts;
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
