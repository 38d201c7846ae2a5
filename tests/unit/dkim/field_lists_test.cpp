#include "dkim/field_lists.h"
#include "support/catch.h"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using dkim::FieldList;
using dkim::FieldLists;

dkim::SignOptions chosen(const FieldLists& lists) {
    dkim::SignOptions options;
    dkim::choose_fields(lists, options);
    return options;
}

bool holds(const FieldList& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

// How a field is signed, in the words of the guide.
std::string how(const FieldLists& lists, const std::string& name) {
    const auto options = chosen(lists);
    if (holds(options.oversigned_fields, name)) {
        return "always";
    }
    if (!holds(options.signed_fields, name)) {
        return "no";
    }
    return holds(options.oversigned_if_present, name) ? "if present" : "as it is";
}

} // namespace

TEST_CASE("the lists of signed fields are read as OpenDKIM reads them") {
    struct Case {
        const char* name;
        FieldLists lists;
        const char* field;
        const char* expected;
    };
    const auto cases = std::vector<Case>{
        {"built in, always", {}, "subject", "always"},
        {"built in, where it is present", {}, "date", "if present"},
        {"built in, as it is", {}, "resent-from", "as it is"},
        {"built in, not at all", {}, "x-note", "no"},
        {"a list takes the place of the built-in one", {.signed_fields = {"from", "x-note"}}, "date", "no"},
        {"and holds what it says", {.signed_fields = {"from", "x-note"}}, "x-note", "as it is"},
        {"and leaves the other lists alone", {.signed_fields = {"from", "x-note"}}, "subject", "always"},
        {"a built-in name in it is oversigned as before",
         {.signed_fields = {"from", "date"}},
         "date",
         "if present"},
        {"plus", {.signed_fields = {"*", "+x-note"}}, "x-note", "as it is"},
        {"the star may come last", {.signed_fields = {"+x-note", "*"}}, "date", "if present"},
        {"a name without a sign beside the star", {.signed_fields = {"*", "x-note"}}, "x-note", "as it is"},
        {"minus", {.signed_fields = {"*", "-Date"}}, "date", "no"},
        {"minus of what is oversigned", {.signed_fields = {"*", "-subject"}}, "subject", "no"},
        {"minus, but another list names it",
         {.signed_fields = {"*", "-subject"}, .oversigned_fields = {"*", "+subject"}},
         "subject",
         "always"},
        {"minus and plus: it is taken out first",
         {.signed_fields = {"*", "+date", "-date"}},
         "date",
         "if present"},
        {"minus of From", {.signed_fields = {"*", "-from"}}, "from", "always"},
        {"oversign this alone", {.oversigned_fields = {"from"}}, "from", "always"},
        {"what is oversigned no more is still signed",
         {.oversigned_fields = {"from"}},
         "subject",
         "as it is"},
        {"oversign none", {.oversigned_fields = {}}, "from", "as it is"},
        {"and the rest as before", {.oversigned_fields = {}}, "date", "if present"},
        {"oversign one more", {.oversigned_fields = {"*", "+x-own"}}, "x-own", "always"},
        {"oversign one less", {.oversigned_fields = {"*", "-cc"}}, "cc", "as it is"},
        {"where it is present",
         {.oversigned_fields = {"*", "-cc"}, .oversigned_if_present = {"*", "+cc"}},
         "cc",
         "if present"},
        {"a name of that list is signed", {.oversigned_if_present = {"x-own"}}, "x-own", "if present"},
        {"where it is present: none", {.oversigned_if_present = {}}, "date", "as it is"},
        {"omitted", {.omitted_fields = {"date"}}, "date", "no"},
        {"omitted, whatever the others say",
         {.oversigned_fields = {"*", "+comments"}, .omitted_fields = {"*"}},
         "comments",
         "no"},
        {"not omitted",
         {.signed_fields = {"*", "+comments"}, .omitted_fields = {"*", "-comments"}},
         "comments",
         "as it is"},
        {"From is never omitted", {.omitted_fields = {"from"}}, "from", "always"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        CHECK(how(c.lists, c.field) == c.expected);
    }
}

TEST_CASE("mail to a list does not swear that there is no Reply-To and no Cc") {
    auto options = chosen({});
    dkim::spare_lists(options);
    for (const auto* const name : {"reply-to", "cc"}) {
        CHECK_FALSE(holds(options.oversigned_fields, name));
        CHECK(holds(options.signed_fields, name));
        CHECK(holds(options.oversigned_if_present, name));
    }
    CHECK(holds(options.oversigned_fields, "from"));
    auto without = chosen({.oversigned_fields = {"from"}, .omitted_fields = {"cc"}});
    dkim::spare_lists(without);
    CHECK_FALSE(holds(without.signed_fields, "cc")); // what is not signed does not become so
}

TEST_CASE("what lists leave open is found, whatever they are") {
    CHECK(dkim::find_gaps(chosen({})).addable.empty());
    CHECK(dkim::find_gaps(chosen({})).unsigned_names.empty());
    CHECK(dkim::find_gaps(dkim::SignOptions()).addable.empty());
    for (const auto& name : dkim::default_oversigned_fields()) {
        CAPTURE(name);
        CHECK(dkim::find_gaps(chosen({.oversigned_fields = {"*", "-" + name}})).addable == FieldList{name});
        if (name != "from") {
            CHECK(dkim::find_gaps(chosen({.signed_fields = {"*", "-" + name}})).unsigned_names ==
                  FieldList{name});
        }
    }
}
