#include "test_keys.h"

#include "base/base64.h"
#include "support/keys.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace scenario {

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

std::filesystem::path make_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "paraph-scenario-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no directory for the test keys");
    }
    return name;
}

} // namespace

TestKeys::TestKeys() : directory_(make_directory()) {
    add("rsa", crypto::SigningKey::from_pem(support::rsa_pem).value());
    add("ed25519", crypto::SigningKey::from_pem(support::ed25519_pem).value());
    add("other", crypto::SigningKey::generate(crypto::KeyType::rsa, 1024).value());
}

TestKeys::~TestKeys() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

const crypto::SigningKey* TestKeys::find(std::string_view name) const {
    const auto found = keys_.find(name);
    return found == keys_.end() ? nullptr : &found->second;
}

std::string TestKeys::substitute(std::string text) const {
    replace_all(text, "${keys}", directory_.string());
    for (const auto& [name, key] : keys_) {
        replace_all(text, "${" + name + "}", base::base64_encode(key.public_record_bytes()));
    }
    return text;
}

void TestKeys::add(const std::string& name, crypto::SigningKey key) {
    const auto file = directory_ / (name + ".pem");
    std::ofstream(file) << key.to_pem();
    // The key store refuses private keys that others can read.
    std::filesystem::permissions(file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    keys_.emplace(name, std::move(key));
}

} // namespace scenario
