// A mail server's connection to one filter, as Postfix handles it: what needs no reply is buffered until
// something does.
#pragma once

#include "base/socket_name.h"
#include "bench/load/event_loop.h"
#include "milter/tool/probe/milter_client.h"
#include "milter/tool/probe/milter_frame.h"
#include "milter/tool/probe/milter_protocol.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// The values of macros by their names without braces.
using Macros = std::map<std::string, std::string, std::less<>>;

class FilterLink {
  public:
    explicit FilterLink(EventLoop& loop);
    ~FilterLink();
    FilterLink(const FilterLink&) = delete;
    FilterLink& operator=(const FilterLink&) = delete;

    // These throw std::runtime_error when the filter does something else than it should.
    Task<bool> open(const base::SocketName& address);
    // One event with its macros. The reply is `proceed` where none is due.
    Task<milter::tool::Reply> event(const milter::tool::protocol::Event& event, std::string_view data,
                                    const Macros& macros);
    Task<bool> flush();
    // ABORT and QUIT, as after every message of a session that ends.
    Task<bool> leave();

    [[nodiscard]] bool leading_space() const {
        return (steps_ & milter::tool::protocol::step_leading_space) != 0;
    }
    [[nodiscard]] const std::vector<milter::tool::Edit>& edits() const { return edits_; }

  private:
    [[nodiscard]] bool try_connect(const base::SocketName& address);
    Task<bool> negotiate();
    void read_macro_lists(std::string_view data);
    void put_macros(const milter::tool::protocol::Event& event, const Macros& macros);
    void put(char code, std::string_view data);
    Task<milter::tool::Frame> receive();
    Task<milter::tool::Reply> await_reply();

    EventLoop& loop_;
    Watch watch_;
    int socket_ = -1;
    std::string buffer_;
    milter::tool::FrameReader reader_;
    std::uint32_t steps_ = 0;
    std::array<std::vector<std::string>, milter::tool::protocol::macro_stages> macro_lists_;
    std::vector<milter::tool::Edit> edits_;
};

} // namespace bench
