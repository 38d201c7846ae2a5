// One key against every authoritative server of its zone, and where it differs, why.
#pragma once

#include "milter/tool/key_report.h"
#include "milter/tool/record_search.h"
#include "milter/tool/zone_servers.h"

#include <vector>

namespace milter::tool {

class KeyInspector {
  public:
    // `all`: every key that there is, among which the owner of a foreign record is looked for; it outlives
    // this object. Safe to use from several threads if `ask_all` is.
    KeyInspector(Recursion recursion, const AskAll& ask_all, const std::vector<NamedKey>& all);

    [[nodiscard]] KeyReport inspect(const NamedKey& name) const;

  private:
    struct Work;

    void compare_servers(Work& work) const;
    void compare_resolver(Work& work) const;

    Recursion recursion_;
    AskAll ask_all_;
    RecordSearch search_;
};

} // namespace milter::tool
