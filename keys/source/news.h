// What is to be told once: that a source fails, and that it answers again. Two tables may have the same
// source.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace keys::source {

struct Item {
    bool failing = false;
    std::string source; // its label
    std::string text;
};

class News {
  public:
    using Listener = std::function<void(const Item&)>;

    // He hears what was told before, too.
    void attach(Listener listener) {
        const std::lock_guard lock(mutex_);
        listener_ = std::move(listener);
        for (const Item& item : waiting_) {
            listener_(item);
        }
        waiting_.clear();
    }

    void tell(Item item) {
        const std::lock_guard lock(mutex_);
        int& failing = failing_[item.source];
        failing += item.failing ? 1 : -1;
        if (failing != (item.failing ? 1 : 0)) {
            return; // the other table told it, or will
        }
        if (listener_) {
            listener_(item);
        } else if (waiting_.size() < most_waiting) {
            waiting_.push_back(std::move(item));
        }
    }

  private:
    static constexpr std::size_t most_waiting = 100;

    std::mutex mutex_;
    Listener listener_;                  // by mutex_
    std::vector<Item> waiting_;          // by mutex_
    std::map<std::string, int> failing_; // how many tables, by source; by mutex_
};

} // namespace keys::source
