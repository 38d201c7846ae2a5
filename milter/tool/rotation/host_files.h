// What a host that shares keys remembers by itself, beside the files of rotation: who it is, and what it saw
// in the store, so that nobody can show it an older state.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace milter::tool::rotation {

class HostFiles {
  public:
    explicit HostFiles(std::string directory) : directory_(std::move(directory)) {}

    // An id that is made at random, and made anew where the directory came from another machine: two hosts of
    // one id would each speak for the other.
    [[nodiscard]] base::Result<std::string, std::string> id() const;

    // The last revision of a domain's keys in that store. 0: none. A number of another store is none.
    [[nodiscard]] base::Result<std::uint64_t, std::string> seen(const std::string& store,
                                                                const std::string& domain) const;
    // `sealed`: the row as it is in the store, in case that loses it.
    [[nodiscard]] base::Result<void, std::string> see(const std::string& store, const std::string& domain,
                                                      std::uint64_t revision,
                                                      const std::string& sealed) const;
    // The row of that revision. Empty: there is none.
    [[nodiscard]] base::Result<std::string, std::string> copy(const std::string& store,
                                                              const std::string& domain) const;
    // Until which change of the store all is done here. 0: nothing is.
    [[nodiscard]] base::Result<std::uint64_t, std::string> followed(const std::string& store) const;
    [[nodiscard]] base::Result<void, std::string> follow(const std::string& store,
                                                         std::uint64_t change) const;

  private:
    [[nodiscard]] std::string seen_file(const std::string& domain) const;

    std::string directory_;
};

// 32 hexadecimal digits.
[[nodiscard]] std::string random_id();

// "/etc/machine-id": letters and digits.
[[nodiscard]] base::Result<std::string, std::string> machine_id();

} // namespace milter::tool::rotation
