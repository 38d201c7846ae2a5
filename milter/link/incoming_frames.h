// What the MTA sends on one connection, frame by frame, before libmilter acts on it.
//
// libmilter passes in silence over an event that it does not expect. With most of them that harms nobody. But
// with a QUIT_NC or a CONNECT passed over, the next client's mail would be the last one's. libmilter must
// tell of these events in turn, or the connection ends.
#pragma once

#include "milter/link/macros.h"

#include <string>
#include <string_view>

namespace milter::link {

class IncomingFrames {
  public:
    static constexpr char negotiate = 'O';
    static constexpr char connect = 'C';
    static constexpr char mail = 'M';
    static constexpr char abort = 'A';
    static constexpr char macro = 'D';
    static constexpr char end_of_message = 'E'; // it may hold the last piece of the body
    static constexpr char quit_new_connection = 'K';

    // A frame has come. False: libmilter must not see it, the connection has to end.
    [[nodiscard]] bool take(char command, std::string_view data);
    // libmilter reports the frame that came last. Whether that is `command`, and is reported for the first
    // time.
    bool hear_of(char command);

    [[nodiscard]] char last() const { return last_; }
    [[nodiscard]] const Macros& macros() const { return macros_; }
    // Why the connection has to end; empty: it has not.
    [[nodiscard]] const std::string& fault() const { return fault_; }

  private:
    void follow(char command, std::string_view data);

    Macros macros_;
    char last_ = '\0';
    char unheard_ = '\0';
    std::string fault_;
};

} // namespace milter::link
