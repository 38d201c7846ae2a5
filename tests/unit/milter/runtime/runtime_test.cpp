#include "milter/runtime/runtime.h"

#include "config/load.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

namespace {

std::shared_ptr<const milter::runtime::Runtime> runtime_of(const std::string& yaml) {
    auto loaded = config::load_text(yaml, "test.yaml");
    REQUIRE(loaded.settings);
    auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.example.org");
    REQUIRE(built.runtime);
    return built.runtime;
}

} // namespace

TEST_CASE("every word of the author's settings becomes the rule of that name") {
    using Rules = authenticate::AuthorActions;
    const std::pair<const char*, authenticate::Action Rules::*> settings[] = {
        {"missing", &Rules::missing},
        {"several_fields", &Rules::several_fields},
        {"unreadable", &Rules::unreadable},
        {"several_domains", &Rules::several_domains},
        {"stray_line_break", &Rules::stray_line_break},
    };
    for (const auto& [name, rule] : settings) {
        for (const char* word : {"accept", "mark", "quarantine", "tempfail", "reject", "discard"}) {
            CAPTURE(name, word);
            const auto runtime = runtime_of(fmt::format("author: {{{}: {}}}\n", name, word));
            CHECK(print(runtime->policies.otherwise.author.*rule) == word);
        }
    }
    for (const char* word : {"accept", "tempfail", "reject"}) {
        const auto runtime = runtime_of(fmt::format("author: {{own_mail: {}}}\n", word));
        CHECK(print(runtime->settings.author.own_mail) == word);
    }
}

TEST_CASE("the mail server is asked to hold messages only where a setting says so") {
    CHECK_FALSE(runtime_of("")->may_hold);
    CHECK_FALSE(runtime_of("author: {missing: reject, unreadable: discard}\n")->may_hold);
    CHECK(runtime_of("author: {unreadable: quarantine}\n")->may_hold);
    CHECK(runtime_of("quarantine_field: X-Hold\n")->policies.otherwise.quarantine_field == "X-Hold");
}
