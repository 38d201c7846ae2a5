// Remembers what a pure function made of a text. lib/ has neither state nor locks, so the caller keeps the
// values, as long and as many as it wants; this changes nothing but the time it takes.
#pragma once

#include <memory>
#include <string_view>

namespace base {

// Safe to use from several threads.
template <class Value>
class Memo {
  public:
    virtual ~Memo() = default;

    [[nodiscard]] virtual std::shared_ptr<const Value> find(std::string_view text) = 0; // null when not known
    virtual void keep(std::string_view text, const std::shared_ptr<const Value>& value) = 0;
};

// What `make` (a function of `text` alone, that returns a shared_ptr) says of `text`. `memo` may be null. A
// null pointer, which means no value, is not remembered.
template <class Value, class Make>
std::shared_ptr<const Value> recall(Memo<Value>* memo, std::string_view text, const Make& make) {
    if (memo != nullptr) {
        if (auto known = memo->find(text)) {
            return known;
        }
    }
    std::shared_ptr<const Value> made = make(text);
    if (memo != nullptr && made != nullptr) {
        memo->keep(text, made);
    }
    return made;
}

} // namespace base
