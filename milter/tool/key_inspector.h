// One key against every authoritative server of its zone, and where it differs, why.
#pragma once

#include "milter/tool/key_report.h"
#include "milter/tool/zone_servers.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace milter::tool {

class KeyInspector {
  public:
    // `all`: every key that there is, among which the owner of a foreign record is looked for; it outlives
    // this object. Safe to use from several threads if `ask_all` is.
    KeyInspector(Recursion recursion, AskAll ask_all, const std::vector<NamedKey>& all);

    [[nodiscard]] KeyReport inspect(const NamedKey& name) const;

  private:
    struct Work;

    void compare_servers(Work& work) const;
    void compare_resolver(Work& work) const;
    void explain(Work& work) const;
    void look_elsewhere(Work& work, const ServerView& server) const;
    void find_owner(Work& work, const std::string& published) const;

    Recursion recursion_;
    AskAll ask_all_;
    std::unordered_multimap<std::string, const NamedKey*> by_domain_;
};

} // namespace milter::tool
