// A list of domains: names, and "*.NAME" for all names below one, but not for NAME itself.
#pragma once

#include "base/domain_name.h"
#include "keys/problem.h"
#include "keys/text_index.h"
#include "keys/text_pool.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

// What PATH or file:PATH has on each line, up to the first blank; `#` starts a comment. ".NAME" means
// "*.NAME", as in Postfix's tables. Lines that are no domain are left out and reported; a problem without a
// line: the file cannot be read at all.
[[nodiscard]] std::vector<std::string> read_domain_table(const std::string& table,
                                                         std::vector<Problem>& problems);

class DomainList {
  public:
    // False: it is no domain name.
    [[nodiscard]] bool add(std::string_view text);
    // Those of read_domain_table.
    void read(const std::string& table, std::vector<Problem>& problems);

    [[nodiscard]] bool contains(const base::DomainName& domain) const;
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    TextPool texts_;
    TextIndex names_;
    TextIndex above_; // NAME of "*.NAME"
    std::size_t size_ = 0;
};

} // namespace keys
