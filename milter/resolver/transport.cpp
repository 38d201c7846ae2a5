#include "milter/resolver/transport.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace milter::resolver {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

} // namespace

Transport::Transport() : thread_(&Transport::run, this) {}

Transport::~Transport() {
    stop();
}

void Transport::stop() {
    if (thread_.joinable()) {
        loop_.stop();
        thread_.join();
    }
}

void Transport::send(const Path& path, std::string_view name, Packet query, ReplyTo done) {
    if (stopping_) {
        done({Reply::Kind::shutdown});
        return;
    }
    const Time now = Clock::now();
    UdpPort& port = port_to(path.server, now);
    if (!port.takes_more(now)) {
        done({Reply::Kind::unreachable, {}, port.error()});
        return;
    }
    port.send(
        std::move(query), now + path.timeout,
        [this, path, name = std::string(name), done = std::move(done)](const Reply& reply, Packet sent) {
            if (reply.kind == Reply::Kind::response && is_truncated(reply.packet)) {
                send_over_tcp(path, name, std::move(sent), done);
            } else {
                done(reply);
            }
        });
}

milliseconds Transport::rest_after(std::size_t streams) {
    constexpr std::size_t streams_per_millisecond = 100;
    return std::min(tick, milliseconds(streams / streams_per_millisecond));
}

void Transport::forget_paths() {
    retired_.splice(retired_.end(), ports_);
}

void Transport::run() {
    loop_.run([this] { return keep_house(); });
    end_all();
}

void Transport::end_all() {
    stopping_ = true;
    forget_paths();
    for (UdpPort& port : retired_) {
        port.shut_down();
    }
    for (Stream& stream : streams_) {
        if (!stream.over) {
            end(stream, {Reply::Kind::shutdown});
        }
    }
    retired_.clear();
    streams_.clear();
}

// One that takes no more is only there when the system has none that does.
UdpPort& Transport::port_to(const Server& server, Time now) {
    const auto known = std::ranges::find(ports_, server, &UdpPort::server);
    if (known != ports_.end()) {
        if (known->takes_more(now)) {
            return *known;
        }
        retired_.splice(retired_.end(), ports_, known);
    }
    return ports_.emplace_back(loop_, server, buffer_, now);
}

void Transport::send_over_tcp(const Path& path, std::string_view name, Packet query, ReplyTo done) {
    const Time now = Clock::now();
    Stream& stream = streams_.emplace_back(Stream{.path = path,
                                                  .admission = admissions_[print(path.server)],
                                                  .owner = owner_of(name),
                                                  .query = std::move(query),
                                                  .done = std::move(done),
                                                  .deadline = now + path.timeout,
                                                  .connection = nullptr});
    admit(stream, now);
}

void Transport::admit(Stream& stream, Time now) {
    switch (stream.admission.decide(stream.owner, now)) {
    case TcpAdmission::Decision::now:
        stream.admission.opened(stream.owner);
        connect(stream);
        return;
    case TcpAdmission::Decision::later:
        return;
    case TcpAdmission::Decision::never:
        end(stream, {Reply::Kind::tcp_silence});
        return;
    }
}

void Transport::connect(Stream& stream) {
    ++stream.opened;
    stream.connection = std::make_unique<TcpConnection>(
        loop_, stream.path.server, stream.query, stream.deadline,
        [this, &stream](const Reply& reply) { connection_ended(stream, reply); });
    stream.connection->start();
}

void Transport::connection_ended(Stream& stream, const Reply& reply) {
    stream_ended_ = true;
    if (reply.kind != Reply::Kind::tcp_closed || stream.opened == tcp_connections) {
        end(stream, reply);
    }
    // Else look_after() opens the next one: this one must not be destroyed while it speaks to us.
}

void Transport::end(Stream& stream, const Reply& reply) {
    stream.over = true;
    if (stream.connection != nullptr) {
        stream.admission.closed(stream.owner, reply.kind == Reply::Kind::tcp_silence, Clock::now());
    }
    stream.done(reply);
}

// Never from within a connection: it may be destroyed here.
void Transport::look_after_streams(Time now) {
    for (auto stream = streams_.begin(); stream != streams_.end();) {
        look_after(*stream, now);
        stream = stream->over ? streams_.erase(stream) : std::next(stream);
    }
}

void Transport::look_after(Stream& stream, Time now) {
    if (stream.over) {
        return;
    }
    if (stream.connection == nullptr) {
        if (stream.deadline <= now) {
            end(stream, {Reply::Kind::tcp_silence});
        } else {
            admit(stream, now);
        }
    } else if (stream.connection->over()) {
        connect(stream);
    } else {
        stream.connection->expire(now);
    }
}

// A timeout's callback may send again, and so open ports or move them from one list to the other.
void Transport::expire_ports(Time now) {
    std::vector<UdpPort*> waiting;
    for (std::list<UdpPort>* list : {&ports_, &retired_}) {
        for (UdpPort& port : *list) {
            if (!port.idle()) {
                waiting.push_back(&port);
            }
        }
    }
    for (UdpPort* port : waiting) {
        port->expire(now);
    }
}

milliseconds Transport::keep_house() {
    const auto now = Clock::now();
    const bool due = now >= ticked_ + tick;
    if (due) {
        ticked_ = now;
        expire_ports(now);
    }
    const bool looks = due || (stream_ended_ && now >= next_look_);
    if (looks) {
        stream_ended_ = false;
        look_after_streams(now);
        next_look_ = now + rest_after(streams_.size());
    }
    retired_.remove_if([](const UdpPort& port) { return port.idle(); });
    const bool idle = retired_.empty() && streams_.empty() && std::ranges::all_of(ports_, &UdpPort::idle);
    const bool puts_off = stream_ended_ && !looks;
    return idle ? milliseconds(-1) : puts_off ? rest_after(streams_.size()) : tick;
}

} // namespace milter::resolver
