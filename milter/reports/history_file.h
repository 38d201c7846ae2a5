// The file that opendmarc-import reads, in the way it expects: whole records at its end, under a lock.
//
// Scripts move the file away and read it then. So it is opened anew each time; and only while it has its name
// under the lock that a reader waits for is anything added, so that nothing comes behind a reader's back.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace milter::reports {

// Adds `records` or nothing; the error says why. A record without its end, of a process that was killed, is
// cut off first. The file may grow to `largest` bytes, 0: without limit. It waits a second at most for who
// has it locked.
[[nodiscard]] base::Result<void, std::string>
append_to_history(const std::string& path, std::string_view records, std::uint64_t largest);

// Why nothing can be added, before anything is: others could put another file in its place, or it is none
// that paraphd would add to. Empty: nothing against it.
[[nodiscard]] std::string history_danger(const std::string& path);

// Where the last record ends that begins at `from` or less than `octets` later: one at least.
[[nodiscard]] std::size_t end_of_records(std::string_view records, std::size_t from, std::size_t octets);

// How much of a file's end is good: all, or without the record that was not finished. Npos: there is no
// record in it, so that it is something else.
[[nodiscard]] std::size_t end_of_whole_records(std::string_view tail);

} // namespace milter::reports
