// Ends what was started for a comparison when the process that started it is gone, however it went: SIGKILL
// and the system's lack of memory leave it no time to do so itself.
//
// A child of its own waits at a pipe for the end of its parent. It has a session of its own, so that a signal
// to the parent's terminal or group is not for it.
#pragma once

#include "base/result.h"
#include "keys/file_bytes.h"

#include <sys/types.h>

#include <memory>
#include <string>

namespace milter::tool::compare {

class Guardian {
  public:
    // While there are no threads. It removes `folder` as well.
    [[nodiscard]] static base::Result<std::unique_ptr<Guardian>, std::string> start(std::string folder);

    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;
    // Waits for its end.
    ~Guardian();

    // The leader of a group of processes. Nothing happens without a guardian. Between fork and exec they may
    // be called, too.
    static void note_start(pid_t leader);
    // Before its number may be another's.
    static void note_end(pid_t leader);

  private:
    Guardian(pid_t pid, int to);

    pid_t pid_;
    std::unique_ptr<keys::Descriptor> to_;
};

} // namespace milter::tool::compare
