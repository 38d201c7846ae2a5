// Many pieces of work that mostly wait: a few at a time on threads, the results taken in order.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace milter::tool {

// Calls `work(i)` for each i below `count`, on at most `parallel` threads, and `take` with each result on
// this one, in order of i, as soon as those before it are there. What `work` throws comes out here.
template <class Value>
void in_order(std::size_t count, std::size_t parallel, const std::function<Value(std::size_t)>& work,
              const std::function<void(Value)>& take) {
    std::vector<std::promise<Value>> results(count);
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                results[i].set_value(work(i));
            } catch (...) {
                results[i].set_exception(std::current_exception());
            }
        }
    };
    std::vector<std::jthread> threads; // joined before what they use is gone
    struct Stop {
        std::atomic<std::size_t>& next;
        std::size_t end;
        ~Stop() { next = end; } // when something was thrown: begin nothing more
    } const stop{next, count};
    for (std::size_t i = 0; i < std::min(count, parallel); ++i) {
        threads.emplace_back(run);
    }
    for (auto& result : results) {
        take(result.get_future().get());
    }
}

} // namespace milter::tool
