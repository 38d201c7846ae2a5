// A milter of this run's own. One that ends over a message is started again for the next.
#pragma once

#include "base/result.h"
#include "milter/tool/compare/process.h"
#include "milter/tool/probe_session.h"

#include <memory>
#include <string>

namespace milter::tool::compare {

class MilterInstance {
  public:
    // `socket` is a path. The error: it does not listen there in time, or has ended.
    [[nodiscard]] static base::Result<std::unique_ptr<MilterInstance>, std::string> start(Command command,
                                                                                          std::string socket);

    void ask_to_end() {
        if (process_) {
            process_->ask_to_end();
        }
    }
    [[nodiscard]] base::Result<ProbeResult, std::string> offer(const ProbeEnvelope& envelope,
                                                               const message::Message& message);

  private:
    MilterInstance(Command command, std::string socket)
        : command_(std::move(command)), socket_(std::move(socket)) {}
    [[nodiscard]] base::Result<void, std::string> launch();

    Command command_;
    std::string socket_;
    std::unique_ptr<Process> process_;
};

} // namespace milter::tool::compare
