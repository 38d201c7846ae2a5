// The macros of one connection of the MTA: lists of names and values, each given for an event.
//
// libmilter keeps a list until another comes for the same event, so that the login of one message would be
// that of the next. Here a list counts for the event that follows it, and with it for the events after that
// one, up to the next of its kind.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace milter::link {

class Macros {
  public:
    // `list`: the letter of an event, then names and values in turn, each with a NUL at its end. A name
    // without a value is passed over, and so is whatever stands behind the last NUL.
    void give(std::string_view list);
    // An event has come: what was given for it counts from now on.
    void begin(char event);
    // The message is over, or the connection.
    void drop_message();
    void drop_all() { lists_ = {}; }

    // Of the latest event that has one; empty when there is none.
    [[nodiscard]] std::string value(std::string_view name) const;
    // Of that event only.
    [[nodiscard]] std::string value_at(char event, std::string_view name) const;

  private:
    struct List {
        std::string pairs;
        bool awaits_event = false;
    };
    static constexpr std::string_view events = "CHMRTNE"; // in the order in which they come
    static constexpr std::size_t mail = 2;

    [[nodiscard]] static std::size_t place_of(char event) { return events.find(event); }
    void drop_behind(std::size_t place);

    std::array<List, events.size()> lists_;
};

} // namespace milter::link
