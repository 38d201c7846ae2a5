// Settings from the environment.
#include "config/environment.h"

#include "config/schema.h"
#include "support/catch.h"

#include <set>

namespace {

config::Loaded load(std::string_view yaml, const std::vector<config::Variable>& variables) {
    return config::load_file_as(yaml, "/etc/paraph/paraph.yaml", variables);
}

std::string problem_of(const config::Variable& variable) {
    const auto loaded = load("", {variable});
    CHECK_FALSE(loaded.settings);
    return loaded.diagnostics.empty() ? "" : config::print(loaded.diagnostics.front());
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every setting has a variable of its own") {
    std::set<std::string> names;
    for (const auto& section : config::schema()) {
        for (const auto& setting : section.settings) {
            INFO(setting.path);
            const std::string name = config::variable_name(setting.path);
            CHECK(names.insert(name).second);
            CHECK(config::yaml_of({name, "1"}).has_value());
        }
    }
    CHECK(names.count("PARAPH_AUTHSERV_ID") == 1);
    CHECK(names.count("PARAPH_LISTEN__SOCKET") == 1);
    CHECK(names.count("PARAPH_SPF__POLICYD__HELO_REJECT") == 1);
}

TEST_CASE("a variable counts before the file, and the file before the default") {
    const auto loaded =
        load("authserv_id: file.test\nlog: {level: debug}\nspf:\n  policyd: {HELO_reject: Fail}\n",
             {{"PARAPH_AUTHSERV_ID", "environment.test"},
              {"PARAPH_LISTEN__SOCKET", "inet:127.0.0.1:9999"},
              {"PARAPH_ROLES__INTERNAL_HOSTS", R"([192.0.2.0/24, "::1"])"},
              {"PARAPH_ROLES__SIGN", "no"}});
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->authserv_id == "environment.test");
    CHECK(loaded.settings->listen.socket.print() == "inet:127.0.0.1:9999");
    CHECK_FALSE(loaded.settings->roles.sign);
    CHECK(loaded.settings->roles.verify);
    CHECK(loaded.settings->log.level == config::LogLevel::debug);
    CHECK(loaded.files == std::vector<std::string>{"/etc/paraph/paraph.yaml"});
}

TEST_CASE("what is wrong names the variable") {
    struct Case {
        config::Variable variable;
        const char* said;
    };
    const std::vector<Case> cases{
        {{"PARAPH_DNS__TIMEOUT", "soon"}, "PARAPH_DNS__TIMEOUT: error: 'dns.timeout': expected a duration"},
        {{"PARAPH_DNS__TIMOUT", "2s"},
         "PARAPH_DNS__TIMOUT: error: there is no such setting; did you mean PARAPH_DNS__TIMEOUT?"},
        {{"PARAPH_DNS_TIMEOUT", "2s"}, "PARAPH_DNS_TIMEOUT: error: there is no such setting"},
        {{"PARAPH_DOMAINS", "{}"}, "PARAPH_DOMAINS: error: there is no such setting"},
        {{"PARAPH_", "x"}, "PARAPH_: error: there is no such setting"},
        {{"PARAPH_AUTHSERV_ID", "a\nroles: {verify: false}"},
         "PARAPH_AUTHSERV_ID: error: a value is a single line"},
        {{"PARAPH_AUTHSERV_ID", "[a"}, "PARAPH_AUTHSERV_ID: error: "},
    };
    for (const Case& c : cases) {
        INFO(c.variable.name);
        const auto said = problem_of(c.variable);
        INFO(said);
        CHECK(contains(said, c.said));
    }
}

TEST_CASE("a warning about settings together names the variable as well") {
    const auto loaded = load("", {{"PARAPH_LISTEN__SOCKET", "inet:0.0.0.0:8891"}});
    REQUIRE(loaded.settings);
    REQUIRE_FALSE(loaded.diagnostics.empty());
    CHECK(contains(config::print(loaded.diagnostics.front()),
                   "PARAPH_LISTEN__SOCKET: warning: 'listen.socket'"));
}

TEST_CASE("an empty variable is an empty text, and no number") {
    const auto loaded = load("authserv_id: file.test\n", {{"PARAPH_AUTHSERV_ID", ""}});
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->authserv_id.empty());
    CHECK(contains(problem_of({"PARAPH_DNS__TIMEOUT", ""}), "PARAPH_DNS__TIMEOUT: error"));
}

TEST_CASE("of an environment its own variables count") {
    const std::vector<const char*> environment{"PATH=/bin",      "PARAPH_MODE=sign",
                                               "XPARAPH_MODE=x", "PARAPH_AUTHSERV_ID=a=b",
                                               "PARAPH_NOTHING", nullptr};
    const auto found = config::variables_of(environment.data());
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "PARAPH_AUTHSERV_ID");
    CHECK(found[0].value == "a=b");
    CHECK(found[1].name == "PARAPH_MODE");
}
