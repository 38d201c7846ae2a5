// The store that hosts share, over rows in memory that somebody without the key can change.
#include "milter/tool/rotation/shared_keys.h"
#include "milter/tool/rotation/store.h"

#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <map>
#include <string>

using namespace milter::tool::rotation;

namespace {

class RowsInMemory final : public StoreRows {
  public:
    Head top;
    std::map<std::string, Row> rows;
    std::map<std::string, std::map<std::string, std::string>> servings;

    Stored<Head> head() override { return top; }
    Stored<std::optional<Row>> read(const std::string& domain) override {
        const auto row = rows.find(domain);
        return row == rows.end() ? std::optional<Row>() : std::optional<Row>(row->second);
    }
    Stored<std::pair<std::vector<std::string>, std::uint64_t>> changed_since(std::uint64_t change) override {
        return std::pair<std::vector<std::string>, std::uint64_t>{{}, change};
    }
    Stored<bool> write(const Row& before, const std::string& text) override {
        Row& row = rows[before.domain];
        if (row.revision != before.revision) {
            return false;
        }
        row = {before.domain, before.revision + 1, text};
        return true;
    }
    Stored<bool> put_back(const Row& row) override {
        if (rows[row.domain].revision >= row.revision) {
            return false;
        }
        rows[row.domain] = row;
        return true;
    }
    Stored<std::vector<std::pair<std::string, std::string>>> told(const std::string& domain) override {
        return std::vector<std::pair<std::string, std::string>>(servings[domain].begin(),
                                                                servings[domain].end());
    }
    Stored<void> tell(const std::string& domain, const std::string& host, const std::string& text) override {
        servings[domain][host] = text;
        return {};
    }
    Stored<bool> lock(const std::string& /*domain*/) override { return true; }
    void unlock(const std::string& /*domain*/) override {}
};

// A store with a domain or two, and what a host needs.
struct Site {
    Site() {
        rows.top = {"0123abcd", Store::check_of("0123abcd", key)};
        REQUIRE(store.open());
    }

    StoreRows::Row save(const std::string& domain, std::uint64_t revision = 0) const {
        auto shared = keys::SharedRotation::of(domain);
        shared.hosts["h1"] = "mx1";
        const auto saved = store.save(shared, revision);
        REQUIRE(saved);
        return *saved;
    }

    // As another host sees it.
    std::string fetch(const std::string& domain) const {
        const Sharing sharing{store, HostFiles(tree.root()), "h2", "mx2"};
        const Files files(tree.root(), std::nullopt);
        SharedKeys shared(sharing, files, domain, entry);
        const auto fetched = shared.fetch();
        return fetched ? "" : fetched.error();
    }

    TemporaryTree tree;
    config::DomainEntry entry;
    crypto::SealingKey key = crypto::SealingKey::generate();
    mutable RowsInMemory rows;
    mutable Store store{rows, key};
};

} // namespace

TEST_CASE("a store is opened with its key alone") {
    Site site;
    Store other(site.rows, crypto::SealingKey::generate());
    CHECK_FALSE(other.open());
    site.rows.top.id = "0123abce"; // the rows of another store
    CHECK_FALSE(site.store.open());
    site.rows.top.id = "../x";
    CHECK_FALSE(site.store.open());
}

TEST_CASE("a row is good for its domain and its revision alone") {
    Site site;
    site.save("a.test");
    site.save("b.test");
    REQUIRE(site.store.read("a.test"));
    const auto second = site.save("a.test", 1);
    CHECK(second.revision == 2);
    CHECK_FALSE(site.store.save(keys::SharedRotation::of("a.test"), 1)); // another one was faster

    const auto good = site.rows.rows;
    site.rows.rows["a.test"].text = good.at("b.test").text;
    CHECK_FALSE(site.store.read("a.test"));
    site.rows.rows = good;
    site.rows.rows["b.test"] = {"b.test", 1, good.at("a.test").text};
    CHECK_FALSE(site.store.read("b.test"));
    site.rows.rows = good;
    site.rows.rows["a.test"].revision = 3;
    CHECK_FALSE(site.store.read("a.test"));
    site.rows.rows = good;
    site.rows.rows["a.test"].text[20] = site.rows.rows["a.test"].text[20] == 'A' ? 'B' : 'A';
    CHECK_FALSE(site.store.read("a.test"));
    site.rows.rows = good;
    CHECK(site.store.read("a.test"));
}

TEST_CASE("what a host says is good for that host and domain alone") {
    Site site;
    REQUIRE(site.store.tell("a.test", "h1", {7, {"s"}}));
    REQUIRE(site.store.tell("b.test", "h1", {3, {}}));
    CHECK(site.store.servings("a.test").value().at("h1").edition == 7);
    site.rows.servings["a.test"]["h2"] = site.rows.servings["a.test"]["h1"]; // in the name of another
    site.rows.servings["b.test"]["h1"] = site.rows.servings["a.test"]["h1"];
    site.rows.servings["a.test"]["h3"] = "edition 9";
    CHECK(site.store.servings("a.test").value().size() == 1);
    CHECK(site.store.servings("b.test").value().empty());
}

TEST_CASE("a host refuses what is older than it saw, and puts back what it saw last") {
    Site site;
    const auto first = site.save("a.test");
    CHECK(site.fetch("a.test").empty()); // and it is named: revision 2
    CHECK(site.store.read("a.test").value()->shared.hosts.count("h2") == 1);
    const auto last = site.rows.rows["a.test"];
    CHECK(last.revision == 2);
    site.rows.rows["a.test"] = first;
    CHECK(site.fetch("a.test").find("revision 1 of its keys, and had 2 before") != std::string::npos);
    site.rows.rows.clear();
    CHECK(site.fetch("a.test").find("revision 0 of its keys, and had 2 before") != std::string::npos);

    const Sharing sharing{site.store, HostFiles(site.tree.root()), "h2", "mx2"};
    const Files files(site.tree.root(), std::nullopt);
    const SharedKeys shared(sharing, files, "a.test", site.entry);
    CHECK(shared.restore().value());
    CHECK(site.rows.rows["a.test"].text == last.text);
    CHECK_FALSE(shared.restore().value());
    CHECK(site.fetch("a.test").empty());
}

TEST_CASE("what a host kept under a key before is put back with that key alone") {
    Site site;
    (void)site.save("a.test");
    REQUIRE(site.fetch("a.test").empty());
    const auto fresh = crypto::SealingKey::generate(), wrong = crypto::SealingKey::generate();
    site.rows.top.check = Store::check_of("0123abcd", fresh);
    auto& row = site.rows.rows["a.test"];
    row = {"a.test", 1,
           *Store::reseal(Store::place_of_keys("0123abcd", "a.test", 2), row.text, site.key, fresh)};
    const auto before = row; // of an earlier revision
    Store store(site.rows, fresh);
    REQUIRE(store.open());
    const Sharing sharing{store, HostFiles(site.tree.root()), "h2", "mx2"};
    const Files files(site.tree.root(), std::nullopt);
    const SharedKeys shared(sharing, files, "a.test", site.entry);
    CHECK(shared.restore().error().find("name the one that it had before") != std::string::npos);
    CHECK(shared.restore(&wrong).error().find("not the one of --sealed-with") != std::string::npos);
    CHECK((row.revision == 1 && row.text == before.text)); // nothing that nobody can open came there
    CHECK(shared.restore(&site.key).value());
    const auto restored = store.read("a.test");
    REQUIRE((restored && *restored));
    CHECK((*restored)->row.revision == 2);
    CHECK((*restored)->shared.hosts.count("h2") == 1);
}

TEST_CASE("of a key that the journal dropped, the store has nothing private any more") {
    Site site;
    const Sharing sharing{site.store, HostFiles(site.tree.root()), "h2", "mx2"};
    const Files files(site.tree.root(), std::nullopt);
    auto with_old = keys::SharedRotation::of("a.test");
    with_old.journal.keys.emplace_back().selector = "old";
    with_old.journal.keys.back().state = keys::KeyState::revealed;
    with_old.privates["old"] = support::rsa_pem;
    REQUIRE(site.store.save(with_old, 0));
    SharedKeys shared(sharing, files, "a.test", site.entry);
    REQUIRE(shared.fetch());
    keys::RotationJournal after{"a.test", {}, {}, 1};
    REQUIRE(shared.save(after));
    const auto read = site.store.read("a.test");
    REQUIRE((read && *read)); // one with a private key of nobody cannot be read
    CHECK((*read)->shared.privates.empty());
}

TEST_CASE("a host is another one on another machine") {
    const TemporaryTree tree;
    const HostFiles files(tree.root());
    const auto id = files.id();
    REQUIRE(id);
    CHECK(keys::is_host_id(*id));
    CHECK(files.id() == id);
    tree.write("host", *id + " 0123456789abcdef0123456789abcdef\n"); // it was copied
    CHECK(files.id() != id);
    tree.write("host", "../../x y\n");
    CHECK(keys::is_host_id(files.id().value()));
}

TEST_CASE("a host with keys of its own is not taken over") {
    Site site;
    site.save("a.test");
    keys::RotationJournal journal;
    journal.domain = "a.test";
    journal.keys.emplace_back().selector = "own";
    journal.files["own"] = "/nowhere";
    const Files files(site.tree.root(), std::nullopt);
    REQUIRE(files.save(journal));
    CHECK(site.fetch("a.test").find("own is a key of this host that the store does not know") == 0);
    journal.keys.back().state = keys::KeyState::withdrawn;
    REQUIRE(files.save(journal));
    CHECK(site.fetch("a.test").empty());
}
