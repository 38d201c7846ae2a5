// A key store over a directory of its own.
#pragma once

#include "keys/key_store.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keys_test {

using Texts = std::vector<std::string>;

// A directory with keys and tables; DIR stands for it in what is told about it.
class Store {
  public:
    Store() {
        write("rsa.pem", support::rsa_pem);
        write("ed.pem", support::ed25519_pem);
        write("keys/example.com.pem", support::ed25519_pem);
    }

    void write(std::string_view name, std::string_view text) const {
        REQUIRE(::chmod(tree_.write(name, text).c_str(), 0600) == 0);
    }
    [[nodiscard]] std::string path(std::string_view name) const { return tree_.path(name); }

    // Tables are written here; `/DIR` in them becomes this directory.
    void set_tables(const std::string& key_table, const std::string& signing_table,
                    const std::string& kind = "refile:") {
        write("KeyTable", with_root(key_table));
        write("SigningTable", signing_table);
        options.key_table = path("KeyTable");
        options.signing_table = kind + path("SigningTable");
    }

    Texts load() {
        loaded_ = keys::KeyStore::load(options);
        Texts problems;
        for (const keys::Problem& problem : loaded_.problems) {
            problems.push_back(without_root(print(problem)));
        }
        return problems;
    }

    // "NAME d=DOMAIN s=SELECTOR i=IDENTITY TYPE" or the problem instead of the type.
    [[nodiscard]] Texts signers_for(std::string_view local_part, std::string_view domain) const {
        Texts result;
        for (const keys::Signer& signer :
             loaded_.store->signers_for(local_part, *base::DomainName::parse(domain))) {
            CHECK((signer.key == nullptr) != signer.problem.empty());
            result.push_back(fmt::format(
                "{} d={} s={} i={} {}", signer.name, signer.domain, signer.selector, signer.identity,
                signer.key ? print(signer.key->type()) : without_root(signer.problem)));
        }
        return result;
    }
    [[nodiscard]] const keys::KeyStore& store() const { return *loaded_.store; }
    [[nodiscard]] std::vector<keys::Severity> severities() const {
        std::vector<keys::Severity> result;
        for (const keys::Problem& problem : loaded_.problems) {
            result.push_back(problem.severity);
        }
        return result;
    }

    keys::KeyOptions options;

  private:
    [[nodiscard]] std::string with_root(std::string text) const {
        return replaced(std::move(text), "/DIR", tree_.root());
    }
    [[nodiscard]] std::string without_root(std::string text) const {
        return replaced(std::move(text), tree_.root(), "/DIR");
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
            text.replace(at, from.size(), to);
        }
        return text;
    }

    TemporaryTree tree_;
    keys::KeyStore::Loaded loaded_;
};

} // namespace keys_test
