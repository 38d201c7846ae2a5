// The running daemon, which is to read what it signs with.
#pragma once

#include "milter/tool/rotation/run.h"

#include <optional>
#include <string>

namespace milter::tool::rotation {

class Daemon {
  public:
    // `control`: where it listens; `config_file`: what it is to read.
    Daemon(std::string control, std::string config_file)
        : control_(std::move(control)), config_file_(std::move(config_file)) {}

    // Has it read its configuration again. When that failed once it is not asked again: it may be slow to
    // fail.
    [[nodiscard]] Reload reload();

  private:
    [[nodiscard]] Reload ask() const;

    std::string control_, config_file_;
    std::optional<std::string> failure_;
};

} // namespace milter::tool::rotation
