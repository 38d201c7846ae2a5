// The keys that scenarios sign with, by name: as values, as files for a configuration, as records for a zone.
#pragma once

#include "crypto/signing_key.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace scenario {

class TestKeys {
  public:
    // rsa, ed25519 and other (RSA): written to a new directory that lives as long as this object.
    TestKeys();
    ~TestKeys();
    TestKeys(const TestKeys&) = delete;
    TestKeys& operator=(const TestKeys&) = delete;

    // Null for an unknown name.
    [[nodiscard]] const crypto::SigningKey* find(std::string_view name) const;

    // ${keys} becomes the directory of the files (rsa.pem and so on), ${rsa} the p= value of that key and so
    // on.
    [[nodiscard]] std::string substitute(std::string text) const;

  private:
    void add(const std::string& name, crypto::SigningKey key);

    std::filesystem::path directory_;
    std::map<std::string, crypto::SigningKey, std::less<>> keys_;
};

} // namespace scenario
