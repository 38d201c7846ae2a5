// A connection to a milter that exchanges whole frames within a bounded time.
#pragma once

#include "base/result.h"
#include "base/socket_name.h"
#include "milter/tool/probe/milter_frame.h"

#include <chrono>
#include <string>
#include <utility>

namespace milter::tool {

// Why a milter could not be spoken to.
struct MilterFailure {
    enum class Kind { unavailable, protocol }; // not reached in time; it speaks another protocol
    Kind kind = Kind::unavailable;
    std::string message;
};

template <class T>
using MilterResult = base::Result<T, MilterFailure>;

[[nodiscard]] inline auto milter_fails(MilterFailure::Kind kind, std::string message) {
    return tl::make_unexpected(MilterFailure{kind, std::move(message)});
}

class MilterConnection {
  public:
    [[nodiscard]] static MilterResult<MilterConnection> open(const base::SocketName& address,
                                                             std::chrono::milliseconds timeout);

    // Takes over a connected stream socket.
    [[nodiscard]] static MilterConnection adopt(int socket, std::chrono::milliseconds timeout);

    MilterConnection(MilterConnection&& other) noexcept;
    MilterConnection& operator=(MilterConnection&& other) noexcept;
    ~MilterConnection();

    [[nodiscard]] MilterResult<void> send(const Frame& frame);
    // The next frame, within the timeout.
    [[nodiscard]] MilterResult<Frame> receive();

  private:
    MilterConnection(int socket, std::chrono::milliseconds timeout) : socket_(socket), timeout_(timeout) {}

    int socket_ = -1;
    std::chrono::milliseconds timeout_;
    FrameReader reader_;
};

} // namespace milter::tool
