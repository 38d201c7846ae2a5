// Whether a server knows no EDNS, or only seems so. Pure: time comes in as a value.
//
// A forwarder hands FORMERR through, so that what looks like an old server may be one zone's doing. To leave
// EDNS off for everybody's questions takes two names of different owners in a row, with nothing in between
// that shows the contrary; a server that put an OPT record into a reply lately is past all doubt. Each
// question asks again without EDNS on its own account (Exchange), whatever is remembered.
#pragma once

#include "milter/resolver/resolver.h"

#include <chrono>
#include <string>
#include <vector>

namespace milter::resolver {

class EdnsWitnesses {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds proof_memory{900};
    static constexpr std::chrono::seconds witness_memory{60};

    // The server answered with an OPT record.
    void knows(const Server& server, Time now);
    // It said FORMERR to a question with EDNS and answered the same one without; `owner` is whose name was
    // asked for. True when that is enough to leave EDNS off.
    [[nodiscard]] bool refused(const Server& server, const std::string& owner, Time now);

  private:
    struct Evidence {
        Server server;
        Time proved_until{};
        std::string witness; // the owner of the last refused name; empty: none
        Time witness_until{};
    };

    [[nodiscard]] Evidence& of(const Server& server);

    std::vector<Evidence> evidence_;
};

} // namespace milter::resolver
