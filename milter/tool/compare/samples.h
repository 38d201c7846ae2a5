// The messages that are compared: of an mbox file, of a maildir or another directory of files, or made up.
//
// Whoever sends mail decides what is in them. One at a time is held in memory, none that is larger than
// `longest_message`; what is no regular file is passed over, and so are links.
#pragma once

#include "milter/tool/command.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool::compare {

// More than mail servers take by default.
inline constexpr std::size_t longest_message = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t most_made_up = 100'000;

enum class Way : std::uint8_t { inbound, outbound };

struct Sample {
    std::string name; // of the file, or a number
    std::string text{};
    std::string sender{};     // MAIL FROM, where something else than the header tells it; empty: nothing does
    std::string problem{};    // why it cannot be read; then there is no text
    bool is_made_up = false;  // without traces of a delivery
    std::optional<Way> way{}; // the only one that it goes; none: in, and out if its author is one of ours
    bool comes_back = false;  // behind its way out it comes in, as it was signed
};

class Samples {
  public:
    Samples() = default;
    Samples(const Samples&) = delete;
    Samples& operator=(const Samples&) = delete;
    virtual ~Samples() = default;

    // The next one; nothing at the end.
    [[nodiscard]] virtual std::optional<Sample> next() = 0;
    // 0: it is not known.
    [[nodiscard]] virtual std::size_t count() const { return 0; }
};

// `what` is a number, or the path of a file or directory. `domains` are those that sign.
[[nodiscard]] Result<std::unique_ptr<Samples>> open_samples(const std::string& what,
                                                            const std::vector<std::string>& domains);

} // namespace milter::tool::compare
