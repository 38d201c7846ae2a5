// The file that opendmarc-import reads, in the way it expects: whole records at its end, under a lock.
//
// Scripts move the file away and read it then. So it is opened anew each time; and only while it has its name
// under the lock that a reader waits for is anything added, so that nothing comes behind a reader's back.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace milter::reports {

struct HistoryOptions {
    std::uint64_t largest = 0; // to which the file may grow; 0: any
    bool durable = false;      // it returns when what was added is on the disk
};

// Adds `records` or nothing; the error says why. A record without its end, of a process that was killed, is
// cut off first. It waits a second at most for who has it locked.
[[nodiscard]] base::Result<void, std::string>
append_to_history(const std::string& path, std::string_view records, const HistoryOptions& options);

// Why nothing can be added, before anything is: others could put another file in its place, or it is none
// that paraphd would add to. Empty: nothing against it.
[[nodiscard]] std::string history_danger(const std::string& path);

} // namespace milter::reports
