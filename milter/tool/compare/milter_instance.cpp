#include "milter/tool/compare/milter_instance.h"

#include "milter/tool/import/host_hands.h"

#include <unistd.h>

#include <chrono>
#include <thread>

namespace milter::tool::compare {

namespace {

using namespace std::chrono_literals;

base::SocketName name_of(const std::string& path) {
    return base::SocketName::parse("unix:" + path).value_or(base::SocketName());
}

} // namespace

base::Result<std::unique_ptr<MilterInstance>, std::string> MilterInstance::start(Command command,
                                                                                 std::string socket) {
    std::unique_ptr<MilterInstance> made(new MilterInstance(std::move(command), std::move(socket)));
    if (auto launched = made->launch(); !launched) {
        return base::refuse(launched.error());
    }
    return made;
}

base::Result<void, std::string> MilterInstance::launch() {
    process_.reset();
    ::unlink(socket_.c_str()); // of one that died
    auto started = Process::start(command_);
    if (!started) {
        return base::refuse(started.error());
    }
    process_ = std::move(*started);
    constexpr int most = 600;
    for (int tries = 0; tries < most && !import::is_stop_wanted(); ++tries) {
        if (!process_->is_running()) {
            return base::refuse(process_->last_words());
        }
        if (MilterConnection::open(name_of(socket_), 1s)) {
            return {};
        }
        std::this_thread::sleep_for(50ms);
    }
    return base::refuse(std::string("it does not listen"));
}

base::Result<ProbeResult, std::string> MilterInstance::offer(const ProbeEnvelope& envelope,
                                                             const message::Message& message) {
    constexpr auto patience = 60s; // the DNS may be slow
    if (import::is_stop_wanted()) {
        return base::refuse(std::string("stopped"));
    }
    if (!process_ || !process_->is_running()) {
        if (auto launched = launch(); !launched) {
            return base::refuse(launched.error());
        }
    }
    auto connection = MilterConnection::open(name_of(socket_), patience);
    if (!connection) {
        return base::refuse(connection.error().message);
    }
    auto told = probe(std::move(*connection), envelope, message);
    if (told) {
        return std::move(*told);
    }
    std::this_thread::sleep_for(50ms);
    return base::refuse(process_->is_running() ? told.error().message
                                               : "its process ends: " + process_->last_words());
}

} // namespace milter::tool::compare
