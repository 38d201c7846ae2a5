// A program that runs for this one alone, in the foreground, and ends with it.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace milter::tool::compare {

struct Command {
    std::vector<std::string> words;         // a path, and arguments
    std::vector<std::string> environment{}; // "NAME=value", beside PATH and LANG
    std::string user{};                     // empty: that of this process
    std::string log;                        // what it says goes there
    int input = -1;                         // descriptors of its end of pipes; -1: /dev/null, and the log
    int output = -1;
};

class Process {
  public:
    // A group of its own, so that ^C is for its caller.
    [[nodiscard]] static base::Result<std::unique_ptr<Process>, std::string> start(const Command& command);

    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    // Ends it, with what it started, and waits for that.
    ~Process();

    [[nodiscard]] bool is_running();
    // Does not wait for it: several end at once.
    void ask_to_end() const;
    // All of them, with what they started, at once. A signal's handler may call it.
    static void kill_all();
    // The end of what it said, as one line.
    [[nodiscard]] std::string last_words() const;

  private:
    Process(pid_t pid, std::string log) : pid_(pid), log_(std::move(log)) {}

    pid_t pid_; // 0: it has ended
    std::string log_;
};

} // namespace milter::tool::compare
