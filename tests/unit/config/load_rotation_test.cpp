#include "config/load.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

// A configuration in a tree with one key, k.pem, and what rotation left in rot/.
struct Site {
    Site() { tree.write("k.pem", ""); }

    config::Loaded load(std::string_view domains,
                        std::string_view rotation = "publish: hook, hook: [/bin/true]") const {
        return config::load_file(tree.write(
            "p.yaml", fmt::format("rotation: {{directory: rot, {}}}\ndomains: {{{}}}\n", rotation, domains)));
    }

    Texts told(const config::Loaded& loaded) const {
        Texts texts;
        for (const config::Diagnostic& one : loaded.diagnostics) {
            auto text = config::print(one);
            for (auto at = text.find(tree.root()); at != std::string::npos; at = text.find(tree.root())) {
                text.replace(at, tree.root().size(), "DIR");
            }
            texts.push_back(text.substr(0, text.find(" (")));
        }
        return texts;
    }

    TemporaryTree tree;
};

constexpr std::string_view silent =
    "DIR/p.yaml:2:11: warning: 'domains.a.test': no key is active, mail from 'a.test' is not signed";

} // namespace

TEST_CASE("what a domain that rotates needs") {
    struct Case {
        const char* name;
        std::string domains, rotation;
        Texts told;
    };
    const std::string error = "DIR/p.yaml:2:11: error: 'domains.a.test': ";
    const std::string a = "a.test: {rotate: true}", hook = "publish: hook, hook: [/bin/true]";
    const Case cases[]{
        {"nothing but a way to publish", a, hook, {std::string(silent)}},
        {"no way to publish",
         a,
         "ttl: 60",
         {error + "'rotation.publish' does not say how records get into the DNS", std::string(silent)}},
        {"updates without a server",
         a,
         "publish: nsupdate",
         {error + "'rotation.publish: nsupdate' needs one 'rotation.server'", std::string(silent)}},
        {"one file for all domains",
         a,
         "publish: zone_file, zone_file: /z, zone_command: [/bin/true]",
         {error + "'rotation.publish: zone_file' needs 'rotation.zone_file' with % for the domain",
          std::string(silent)}},
        {"a program without its path",
         a,
         "publish: hook, hook: [true]",
         {error + "'rotation.publish: hook' needs 'rotation.hook', a program with its path",
          std::string(silent)}},
        {"a way of its own",
         "a.test: {rotate: true, rotation: {publish: hook}}",
         "hook: [/bin/true]",
         {std::string(silent)}},
        {"an overlap for ever",
         "a.test: {rotate: true, rotation: {every: 10d, overlap: 10d}}",
         hook,
         {error + "'rotation.overlap' is not shorter than 'rotation.every'", std::string(silent)}},
        {"old keys made public among those that sign",
         a,
         hook + ", publish_retired_key: rot/",
         {error + "'rotation.publish_retired_key' is where the keys are that sign", std::string(silent)}},
        {"a store without its key",
         a,
         hook + ", store: dbname=x",
         {"DIR/p.yaml:1:69: error: 'rotation.store' needs 'rotation.store_key'", std::string(silent)}},
        {"a key without its store",
         a,
         hook + ", store_key: k.pem",
         {"DIR/p.yaml:1:73: error: 'rotation.store_key' needs 'rotation.store'", std::string(silent)}},
        {"a name that no host has",
         a,
         hook + ", store: dbname=x, store_key: k.pem, store_name: 'a b'",
         {"DIR/p.yaml:1:109: error: 'rotation.store_name': 'a b' is no name of a host", std::string(silent)}},
        {"selectors that tell the type",
         "a.test: {rotate: true, rotation: {type: both, selector: 'signed-by-example-%t-%Y'}}",
         hook,
         {std::string(silent)}},
        {"a selector of its own",
         "a.test: {rotate: true, rotation: {selector: 'a.%Y'}}",
         hook,
         {std::string(silent),
          "DIR/p.yaml:2:55: error: 'domains.a.test.rotation.selector': 'a.%Y' has more than one label"}},
        {"an unknown %",
         "a.test: {rotate: true, rotation: {selector: 'a%H'}}",
         hook,
         {std::string(silent), "DIR/p.yaml:2:55: error: 'domains.a.test.rotation.selector': 'a%H' has a % "
                               "that stands for nothing"}},
        {"a plan, and no rotation",
         "a.test: {rotation: {every: 10d}, keys: [{selector: s, file: k.pem}]}",
         hook,
         {"DIR/p.yaml:2:11: error: 'domains.a.test.rotation' needs 'rotate: true'"}},
        {"names below",
         "'*.a.test': {rotate: true}",
         hook,
         {"DIR/p.yaml:2:11: error: 'domains.*.a.test.rotate' is for a domain that signs by its own name"}},
    };
    const Site site;
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(site.told(site.load(test.domains, test.rotation)) == test.told);
    }
}

TEST_CASE("a daemon that cannot be told does not rotate") {
    const Site site;
    const auto loaded = config::load_file(
        site.tree.write("c.yaml", "listen: {control: ''}\nrotation: {publish: hook, hook: [/bin/true]}\n"
                                  "domains: {a.test: {rotate: true}}\n"));
    CHECK(site.told(loaded).at(0) ==
          "DIR/c.yaml:3:11: error: 'domains.a.test': 'rotate' needs 'listen.control'");
}

TEST_CASE("keys that rotation left are the domain's") {
    const Site site;
    site.tree.write("rot/a.test.yaml", R"(# of the tool
{"keys": [{"selector": "old", "file": "/elsewhere", "state": "retired"},
          {"selector": "new", "file": "/new.pem", "state": "active"}]}
)");
    const auto loaded = site.load("a.test: {rotate: true, keys: [{selector: old, file: k.pem}]}");
    CHECK(site.told(loaded).empty());
    REQUIRE(loaded.settings);
    const auto& entry = loaded.settings->domains.at("a.test");
    REQUIRE(entry.keys.size() == 2);
    CHECK((entry.keys[0].selector == "old" && entry.keys[0].state == config::KeyState::retired));
    CHECK(entry.keys[0].file == site.tree.root() + "/k.pem");
    CHECK((entry.keys[1].file == "/new.pem" && entry.keys[1].is_active()));
    CHECK(config::origin_of("a.test", entry, entry.keys[1]) == site.tree.root() + "/rot/a.test.yaml");
    CHECK(loaded.files.back() == site.tree.root() + "/rot/a.test.yaml"); // to be watched
    const auto other = site.load("a.test: {keys: [{selector: old, file: k.pem}]}");
    CHECK(other.settings->domains.at("a.test").keys.size() == 1); // it does not rotate
}

// Otherwise keys would sign whose records are gone.
TEST_CASE("a file of rotation that cannot be understood refuses the configuration") {
    for (const char* text : {"", "keys: none", "domains: {}", "keys: [{selector: s}]", "keys: [s]", "{{",
                             "keys: [{selector: s, file: /k, state: signing}]"}) {
        INFO(text);
        const Site site;
        site.tree.write("rot/a.test.yaml", text);
        CHECK_FALSE(site.load("a.test: {rotate: true, keys: [{selector: s, file: k.pem}]}").settings);
    }
}
