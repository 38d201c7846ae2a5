// The unix socket at which `paraph reload` reaches the daemon, and what both say there: the tool sends one
// line and reads lines until the daemon hangs up.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace milter::listener {

inline constexpr std::string_view reload_request = "reload";

// Beginnings of the lines that answer it. The last line is the one about the whole.
inline constexpr std::string_view error_line = "error "; // of the whole: nothing was taken
inline constexpr std::string_view fault_line = "fault "; // of single keys
inline constexpr std::string_view warning_line = "warning ";
inline constexpr std::string_view reloaded_line = "reloaded "; // with what was read
inline constexpr std::string_view refused_line = "refused ";   // likewise

// A descriptor that is closed with its owner.
class OwnedDescriptor {
  public:
    explicit OwnedDescriptor(int number = -1) : number_(number) {}
    OwnedDescriptor(OwnedDescriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
    OwnedDescriptor& operator=(OwnedDescriptor&&) = delete;
    ~OwnedDescriptor();
    [[nodiscard]] int get() const { return number_; }

  private:
    int number_;
};

// Listens there, for this user and root alone. A socket that a daemon left behind is replaced; refused where
// somebody listens. To be called while nobody else makes files: it sets the umask.
[[nodiscard]] base::Result<OwnedDescriptor, std::string> open_control(const std::string& path);

// Whether the process behind a connection belongs to this user or to root.
[[nodiscard]] bool may_control(int connection);

// The line that comes within `patience`, without its end; empty: none came.
[[nodiscard]] std::string read_line(int connection, std::chrono::milliseconds patience);

// All lines of the answer. Refused: the daemon cannot be reached.
[[nodiscard]] base::Result<std::vector<std::string>, std::string>
ask_daemon(const std::string& path, std::string_view request, std::chrono::milliseconds patience);

// False when the other side has gone or does not read.
bool send_text(int connection, std::string_view text);

} // namespace milter::listener
