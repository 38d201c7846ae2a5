// One holder's part of a total that all sessions have in common, such as the bytes of headers in memory.
// Given back when the holder is gone.
#pragma once

#include <atomic>
#include <cstddef>
#include <limits>

namespace milter::threads {

class Share {
  public:
    using Total = std::atomic<std::size_t>;

    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    explicit Share(Total& total) : total_(total) {}
    ~Share() { total_ -= held_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False, and nothing changes, when the total would exceed `most`.
    [[nodiscard]] bool grow(std::size_t by, std::size_t most) {
        if (total_.fetch_add(by) + by > most) {
            total_ -= by;
            return false;
        }
        held_ += by;
        return true;
    }

    // Counts in any case; for what has happened already.
    void add(std::size_t by) {
        total_ += by;
        held_ += by;
    }

  private:
    Total& total_;
    std::size_t held_ = 0;
};

} // namespace milter::threads
