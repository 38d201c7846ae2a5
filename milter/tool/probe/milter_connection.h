// A connection to a milter that exchanges whole frames within a bounded time.
#pragma once

#include "base/socket_name.h"
#include "milter/tool/command.h"
#include "milter/tool/probe/milter_frame.h"

#include <chrono>

namespace milter::tool {

class MilterConnection {
  public:
    [[nodiscard]] static Result<MilterConnection> open(const base::SocketName& address,
                                                       std::chrono::milliseconds timeout);

    // Takes over a connected stream socket.
    [[nodiscard]] static MilterConnection adopt(int socket, std::chrono::milliseconds timeout);

    MilterConnection(MilterConnection&& other) noexcept;
    MilterConnection& operator=(MilterConnection&& other) noexcept;
    ~MilterConnection();

    [[nodiscard]] Result<void> send(const Frame& frame);
    // The next frame, within the timeout.
    [[nodiscard]] Result<Frame> receive();

  private:
    MilterConnection(int socket, std::chrono::milliseconds timeout) : socket_(socket), timeout_(timeout) {}

    int socket_ = -1;
    std::chrono::milliseconds timeout_;
    FrameReader reader_;
};

} // namespace milter::tool
