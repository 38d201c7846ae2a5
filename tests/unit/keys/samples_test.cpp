#include "keys/generate.h"
#include "keys/key_store.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <filesystem>
#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

// "d=DOMAIN s=SELECTOR i=IDENTITY"
Texts signers_for(const keys::KeyStore& store, std::string_view local_part, std::string_view domain) {
    Texts result;
    for (const keys::Signer& signer : store.signers_for(local_part, *base::DomainName::parse(domain))) {
        CHECK(signer.key != nullptr);
        result.push_back("d=" + signer.domain + " s=" + signer.selector + " i=" + signer.identity);
    }
    return result;
}

} // namespace

TEST_CASE("the sample tables work with keys made for them") {
    const TemporaryTree tree;
    for (const std::string_view table : {"KeyTable", "SigningTable"}) {
        std::filesystem::copy(std::filesystem::path(PARAPH_SOURCE_DIR "/config/samples") / table,
                              tree.root());
    }
    for (const std::string_view file :
         {"keys/example.org/s2026.pem", "keys/example.org/ed2026.pem", "keys/shared.pem"}) {
        const std::filesystem::path path = tree.path(file);
        std::filesystem::create_directories(path.parent_path());
        const auto type =
            file.find("/ed2026") == std::string_view::npos ? crypto::KeyType::rsa : crypto::KeyType::ed25519;
        REQUIRE(
            keys::generate({*base::DomainName::parse("example.org"), "s2026", type, 1024, path.string()}));
    }
    keys::KeyOptions options;
    options.key_table = "file:" + tree.path("KeyTable");
    options.signing_table = "refile:" + tree.path("SigningTable");
    options.read_keys = true;
    const auto loaded = keys::KeyStore::load(options);
    for (const keys::Problem& problem : loaded.problems) {
        UNSCOPED_INFO(print(problem));
    }
    CHECK(loaded.problems.empty());
    CHECK(signers_for(*loaded.store, "joe", "example.org") ==
          Texts{"d=example.org s=s2026 i=", "d=example.org s=ed2026 i="});
    CHECK(signers_for(*loaded.store, "joe", "a.example.org") == Texts{"d=example.org s=s2026 i="});
    CHECK(signers_for(*loaded.store, "joe", "customer.example") == Texts{"d=customer.example s=shared i="});
    CHECK(signers_for(*loaded.store, "newsletter", "shop.example") ==
          Texts{"d=shop.example s=shared i=newsletter@shop.example"});
    CHECK(signers_for(*loaded.store, "joe", "shop.example").empty());
}
