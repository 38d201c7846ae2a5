#include "milter/resolver/udp_port.h"

#include "milter/resolver/server_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace milter::resolver {

namespace {

bool is_lost(int error) {
    // A full buffer loses datagrams as the net does; the deadline takes care of them.
    return error == EAGAIN || error == ENOBUFS || error == EINTR;
}

} // namespace

UdpPort::UdpPort(EventLoop& loop, Server server, Buffer& buffer, Time now)
    : loop_(loop), server_(std::move(server)), buffer_(buffer), opened_(now),
      fd_(connect_to(server_, SOCK_DGRAM)), error_(fd_.get() < 0 ? errno : 0), broken_(fd_.get() < 0) {
    if (!broken_) {
        loop_.watch(fd_.get(), true, false, *this);
    }
}

UdpPort::~UdpPort() {
    if (fd_.get() >= 0) {
        loop_.watch(fd_.get(), false, false, *this);
    }
}

void UdpPort::send(Packet query, Time deadline, Done done) {
    ++sent_;
    const ssize_t sent = ::send(fd_.get(), query.data(), query.size(), MSG_NOSIGNAL);
    const int error = sent < 0 ? errno : 0;
    open_.push_back({std::move(query), deadline, std::move(done)});
    if (error != 0 && !is_lost(error)) {
        end_all({Reply::Kind::unreachable, {}, error});
    }
}

void UdpPort::ready(int /*fd*/, bool /*readable*/, bool /*writable*/) {
    // As long as somebody waits: what else comes can only be noise, and need not be read at once.
    for (std::size_t read = 0; read == 0 || (read < most_at_once && !open_.empty()); ++read) {
        const ssize_t got = recv(fd_.get(), buffer_.data(), buffer_.size(), 0);
        if (got >= 0) {
            take(PacketView(buffer_).first(static_cast<std::size_t>(got)));
        } else if (errno == EAGAIN || errno == EINTR) {
            return;
        } else {
            // The socket is connected, so that an ICMP message about the server arrives here: nobody listens
            // there.
            end_all({Reply::Kind::unreachable, {}, errno});
        }
    }
}

void UdpPort::take(PacketView datagram) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
        if (is_reply_to(datagram, open_[i].packet)) {
            end(i, {Reply::Kind::response, datagram});
            return;
        }
    }
    // Noise, a forgery, or too late.
}

void UdpPort::expire(Time now) {
    for (std::size_t i = 0; i < open_.size();) {
        if (open_[i].deadline <= now) {
            end(i, {Reply::Kind::silence});
            i = 0; // whoever got it may have sent again
        } else {
            ++i;
        }
    }
}

void UdpPort::shut_down() {
    end_all({Reply::Kind::shutdown});
}

void UdpPort::end(std::size_t index, const Reply& reply) {
    Query ended = std::move(open_[index]);
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
    ended.done(reply, std::move(ended.packet));
}

void UdpPort::end_all(const Reply& reply) {
    broken_ = true; // takes no more, so that this ends
    for (Query& ended : std::exchange(open_, {})) {
        ended.done(reply, std::move(ended.packet));
    }
}

} // namespace milter::resolver
