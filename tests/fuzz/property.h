// What every fuzz target has in common: a name, a function that takes any bytes, and properties stated with
// require().
//
//     namespace {
//     void run(std::string_view input) { ... fuzz::require(again == value, "a record survives its own text");
//     } const fuzz::Target target("spf_record", run);
//     }
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

class Target {
  public:
    using Run = void (*)(std::string_view input);

    // Adds it to all(). `name` must live as long as the program.
    Target(std::string_view name, Run function);

    [[nodiscard]] std::string_view name() const { return name_; }
    void run(std::string_view input) const { function_(input); }

    // The targets linked into this program: one for libFuzzer, all of them for the replay.
    [[nodiscard]] static const std::vector<Target>& all();

  private:
    std::string_view name_;
    Run function_;
};

// Says which property does not hold, and aborts.
void require(bool holds, std::string_view property);
// The same with what it did not hold for.
void require(bool holds, std::string_view property, const std::string& detail);

} // namespace fuzz
