// A program that is asked by Postfix's policy protocol on its standard input, as spawn(8) runs policyd-spf.
#pragma once

#include "base/result.h"
#include "keys/file_bytes.h"
#include "milter/tool/compare/process.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace milter::tool::compare {

class PolicyService {
  public:
    [[nodiscard]] static base::Result<std::unique_ptr<PolicyService>, std::string> start(Command command);

    void ask_to_end() {
        if (process_) {
            process_->ask_to_end();
        }
    }

    using Request = std::vector<std::pair<std::string, std::string>>;
    // One that failed is started anew for the next request: a late answer would be taken for that of another.
    // The action: "dunno", "prepend Received-SPF: ...". Line ends in a value would be another request; they
    // are left out, and what is longer than any address is cut off.
    [[nodiscard]] base::Result<std::string, std::string> ask(const Request& request,
                                                             std::chrono::milliseconds patience);

  private:
    explicit PolicyService(Command command) : command_(std::move(command)) {}
    [[nodiscard]] base::Result<void, std::string> launch();
    void give_up();
    [[nodiscard]] base::Result<std::string, std::string>
    read_answer(std::chrono::steady_clock::time_point end);

    Command command_;
    std::unique_ptr<keys::Descriptor> to_, from_;
    std::unique_ptr<Process> process_; // null: it is not running
};

} // namespace milter::tool::compare
