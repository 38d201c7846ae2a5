// A connection to a server, which may have ended it since it was last used.
#pragma once

#include "keys/source/source.h"

#include <string>
#include <string_view>

namespace keys::source {

class Reconnecting : public Connection {
  public:
    Answer look_up(std::string_view name, Time deadline) final;

  protected:
    [[nodiscard]] virtual bool is_open() const = 0;
    // Why not; empty: it is open.
    [[nodiscard]] virtual std::string open(Time deadline) = 0;
    [[nodiscard]] virtual Answer ask(const std::string& name, Time deadline) = 0;
    virtual void close() = 0;

  private:
    Answer try_once(std::string_view name, Time deadline);
};

} // namespace keys::source
