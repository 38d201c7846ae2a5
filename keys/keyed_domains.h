// A list of domains in a source that is asked for one name at a time. Any row will do: the name is in the
// list. Asked are the name itself, and for all names below one `*.NAME` and `.NAME`, as in a file.
#pragma once

#include "keys/keyed_tables.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

class KeyedDomainList {
  public:
    KeyedDomainList(const source::Options& options, std::shared_ptr<source::News> news);

    struct Found {
        bool listed = false;
        std::string failure; // nobody knows
    };
    [[nodiscard]] Found find(const base::DomainName& domain, Inquiry& inquiry) const;
    [[nodiscard]] const KeyedSource& source() const { return source_; }

  private:
    [[nodiscard]] bool has_everybody(Inquiry& inquiry) const;

    KeyedSource source_;
    bool tells_dots_; // `.NAME` and `NAME` are not the same question
};

// The forms in which a domain is looked up, in order.
[[nodiscard]] std::vector<std::string> domain_forms(const base::DomainName& domain);

} // namespace keys
