// The MTA's side of the milter protocol: sends events as Postfix does, gathers replies and edits.
#pragma once

#include "milter/tool/probe/milter_connection.h"
#include "milter/tool/probe/milter_protocol.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

// What a filter wants done with the message.
struct Edit {
    enum class Kind {
        insert,
        add,
        change,
        remove,
        quarantine,
        replace_body,
        add_recipient,
        delete_recipient,
        change_sender
    };
    Kind kind = Kind::add;
    std::size_t index = 0; // insert: fields that stay above it; change, remove: which of that name, from 1
    std::string name;      // of a header field
    std::string
        value; // of a header field, as it came; or the quarantine's reason, the address, the body's piece

    bool operator==(const Edit&) const = default;
};

struct Reply {
    enum class Kind { proceed, accept, reject, tempfail, discard, code, skip, close };
    Kind kind = Kind::proceed;
    std::string text; // of Kind::code: "550 5.7.1 ..."

    bool operator==(const Reply&) const = default;
};

// An edit, or nothing when the frame is something else or damaged.
[[nodiscard]] std::optional<Edit> read_edit(const Frame& frame);
[[nodiscard]] std::optional<Reply> read_reply(const Frame& frame);

class MilterClient {
  public:
    // The value of a macro by its name without braces; empty: not defined.
    using Macros = std::function<std::string(const std::string& name)>;

    MilterClient(MilterConnection connection, Macros macros);

    [[nodiscard]] MilterResult<void> negotiate();

    // Sends one event with its macros, unless the filter declined it; the reply is `proceed` where none is
    // due.
    [[nodiscard]] MilterResult<Reply> event(const protocol::Event& event, std::string data);
    void quit();

    [[nodiscard]] bool leading_space() const { return (steps_ & protocol::step_leading_space) != 0; }
    [[nodiscard]] std::uint32_t actions() const { return actions_; }
    [[nodiscard]] std::uint32_t steps() const { return steps_; }
    [[nodiscard]] const std::vector<Edit>& edits() const { return edits_; }

  private:
    [[nodiscard]] MilterResult<void> read_macro_lists(std::string_view data);
    [[nodiscard]] MilterResult<void> send_macros(const protocol::Event& event);
    [[nodiscard]] MilterResult<Reply> await_reply(const protocol::Event& event);

    MilterConnection connection_;
    Macros macros_;
    std::uint32_t actions_ = 0;
    std::uint32_t steps_ = 0;
    std::array<std::vector<std::string>, protocol::macro_stages> macro_lists_;
    std::vector<Edit> edits_;
};

} // namespace milter::tool
