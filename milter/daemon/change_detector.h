// When files that have changed are to be read: once they have stayed the same from one look to the next, so
// that whoever writes them in several steps is done. Files that never rest are read all the same in the end.
#pragma once

#include <cstdint>
#include <optional>

namespace milter::daemon {

class ChangeDetector {
  public:
    static constexpr int most_looks = 10; // at files that change from look to look

    // What is in use was read from files of this state; nothing: nobody knows, so they are read once more.
    void read(std::optional<std::uint64_t> state) {
        read_ = state;
        seen_.reset();
        looks_ = 0;
    }

    // Whether files of this state are to be read now.
    [[nodiscard]] bool look(std::uint64_t state) {
        if (read_ == state) {
            read(state);
            return false;
        }
        const bool rests = seen_ == state;
        seen_ = state;
        return rests || ++looks_ >= most_looks;
    }

  private:
    std::optional<std::uint64_t> read_;
    std::optional<std::uint64_t> seen_; // at the last look, if it is not what was read
    int looks_ = 0;
};

} // namespace milter::daemon
