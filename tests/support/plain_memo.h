// A memo that keeps everything, and counts how often it knew a text.
#pragma once

#include "base/memo.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace test {

template <class Value>
class PlainMemo final : public base::Memo<Value> {
  public:
    [[nodiscard]] std::shared_ptr<const Value> find(std::string_view text) override {
        const auto found = known_.find(text);
        if (found == known_.end()) {
            return nullptr;
        }
        ++hits_;
        return found->second;
    }
    void keep(std::string_view text, const std::shared_ptr<const Value>& value) override {
        known_.emplace(text, value);
    }

    [[nodiscard]] std::size_t hits() const { return hits_; }

  private:
    std::map<std::string, std::shared_ptr<const Value>, std::less<>> known_;
    std::size_t hits_ = 0;
};

} // namespace test
