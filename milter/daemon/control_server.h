// Answers `paraph reload`: one request after the other, on a thread of its own.
#pragma once

#include "milter/daemon/reloader.h"
#include "milter/listener/control.h"

#include <string>
#include <thread>

namespace milter::daemon {

class ControlServer {
  public:
    // `reloader` must outlive the object. The socket is taken away at the end.
    ControlServer(listener::OwnedDescriptor socket, std::string path, Reloader& reloader);
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;
    ~ControlServer();

  private:
    void serve(const std::stop_token& stop);
    void answer(int connection);

    listener::OwnedDescriptor socket_;
    std::string path_;
    Reloader& reloader_;
    std::jthread thread_; // last: it uses all of the above
};

} // namespace milter::daemon
