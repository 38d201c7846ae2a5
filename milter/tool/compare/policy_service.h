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

    using Request = std::vector<std::pair<std::string, std::string>>;
    // The action: "dunno", "prepend Received-SPF: ...". Line ends in a value would be another request; they
    // are left out.
    [[nodiscard]] base::Result<std::string, std::string> ask(const Request& request,
                                                             std::chrono::milliseconds patience);

  private:
    PolicyService(std::unique_ptr<Process> process, int to, int from)
        : to_(to), from_(from), process_(std::move(process)) {}
    [[nodiscard]] base::Result<std::string, std::string>
    read_answer(std::chrono::steady_clock::time_point end);

    keys::Descriptor to_, from_;
    std::unique_ptr<Process> process_;
};

} // namespace milter::tool::compare
