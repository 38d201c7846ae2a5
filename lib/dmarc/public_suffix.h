// The Public Suffix List, through libpsl. RFC 9989 does without it; it serves the `psl` mode and the veto.
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
    [[nodiscard]] static PublicSuffixList built_in();                            // libpsl's own copy
    [[nodiscard]] static base::Result<PublicSuffixList> load(const std::string& path); // a list in its text or DAFSA form

    [[nodiscard]] bool is_public_suffix(const base::DomainName& name) const;
    // One label below the public suffix; nothing when `name` is itself one.
    [[nodiscard]] std::optional<base::DomainName> registrable_domain(const base::DomainName& name) const;

  private:
    struct Free {
        void operator()(psl_ctx_st* list) const;
    };
    explicit PublicSuffixList(psl_ctx_st* list) : list_(list) {}

    std::unique_ptr<psl_ctx_st, Free> list_;
};

} // namespace dmarc
