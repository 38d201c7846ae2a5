// The Public Suffix List, through libpsl. RFC 9989 does without it; it serves the `psl` mode and the veto.
//
// Both sections of the list count, ICANN's and the private one. The question is always whether two names
// below a suffix belong to strangers, and the private section (hosting, dynamic names, shop builders) is
// where anybody gets such a name within a minute, and where operators publish a DMARC record for their own
// mail without psd=y. RFC 7489 in practice used the whole list as well. A top-level name that the list does
// not know is a public suffix too: that is the list's own rule.
#pragma once

#include "base/domain_name.h"
#include "base/result.h"

#include <memory>
#include <optional>
#include <string>

struct psl_ctx_st;

namespace dmarc {

class PublicSuffixList {
  public:
    // libpsl's own copy, as old as the installed library. Nothing is a public suffix where it was built
    // without one.
    [[nodiscard]] static PublicSuffixList built_in();
    // A list in its text or DAFSA form. Refused: what cannot be read, and a file that does not know "com",
    // which libpsl takes for a list as well.
    [[nodiscard]] static base::Result<PublicSuffixList> load(const std::string& path);

    [[nodiscard]] bool is_public_suffix(const base::DomainName& name) const;
    // One label below the public suffix; nothing when `name` is itself one.
    [[nodiscard]] std::optional<base::DomainName> registrable_domain(const base::DomainName& name) const;

    // The same by the registries' suffixes alone: the private ones, whose owners may hold what is below them
    // for one organization, do not count.
    [[nodiscard]] std::optional<base::DomainName> registered_domain(const base::DomainName& name) const;

  private:
    struct Free {
        void operator()(psl_ctx_st* list) const;
    };
    explicit PublicSuffixList(psl_ctx_st* list) : list_(list) {}

    std::unique_ptr<psl_ctx_st, Free> list_;
};

} // namespace dmarc
