// What the mail server calls itself, in each of its services (macro j).
//
// Where no authserv-id is set, results bear these names. A message may come in by one service and be handed
// back by another, so that every name counts in all of them.
#pragma once

#include "milter/threads/lock_guarded.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace milter::runtime {

class MtaNames {
  public:
    using List = std::vector<std::string>;

    // A mail server has a few. What would be more, or is no domain name, is not remembered.
    static constexpr std::size_t most = 64;

    void add(std::string_view name);
    [[nodiscard]] std::shared_ptr<const List> all() const {
        return list_.with([](const auto& list) { return list; });
    }

  private:
    threads::LockGuarded<std::shared_ptr<const List>> list_{std::make_shared<const List>()};
};

} // namespace milter::runtime
