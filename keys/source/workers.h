// A Source of connections, each on a thread of its own: whatever a database's library does, be it a name that
// nobody resolves or a server that stopped in the middle of an answer, who asks waits until his deadline and
// no longer.
#pragma once

#include "keys/source/source.h"

#include <cstddef>
#include <memory>

namespace keys::source {

class Workers : public Source {
  public:
    // Threads start when they are needed, at most `most` of them.
    Workers(Connect connect, std::size_t most);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    // Does not wait for threads that are stuck: they end when their library lets them go.
    ~Workers() override;

    [[nodiscard]] Answer look_up(std::string_view name, Time deadline) override;

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

} // namespace keys::source
