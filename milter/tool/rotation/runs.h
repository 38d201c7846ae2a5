// Many domains in one run, and one reload for what several of them have for the daemon.
#pragma once

#include "milter/tool/rotation/run.h"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace milter::tool::rotation {

// The runs of many domains, one after the other; of what they offer to the daemon it is told at once.
class Runs {
  public:
    explicit Runs(std::function<Reload()> reload) : reload_(std::move(reload)) {}

    void add(std::unique_ptr<Run> run);
    // To be called in the end.
    [[nodiscard]] Outcome finish();

  private:
    void tell_daemon();
    void note(const Outcome& outcome);

    std::function<Reload()> reload_;
    std::vector<std::unique_ptr<Run>> waiting_;
    std::chrono::seconds since_{0}; // the first of them waits
    Outcome outcome_;
};

} // namespace milter::tool::rotation
