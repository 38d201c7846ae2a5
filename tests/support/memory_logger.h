// A logger that keeps its lines, for tests that read them.
#pragma once

#include "milter/log/logger.h"

#include <string>
#include <vector>

namespace test {

class MemoryLogger final : public milter::log::Logger {
  public:
    std::vector<std::string> lines;

  private:
    void emit(milter::log::Level level, const std::string& line) override {
        lines.push_back(std::string(milter::log::print(level)) + " " + line);
    }
};

} // namespace test
