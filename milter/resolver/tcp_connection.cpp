#include "milter/resolver/tcp_connection.h"

#include "milter/resolver/message.h"
#include "milter/resolver/server_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace milter::resolver {

namespace {

constexpr std::size_t length_octets = 2; // RFC 1035 4.2.2

Packet framed(PacketView query) {
    Packet packet(length_octets + query.size());
    packet[0] = static_cast<std::uint8_t>(query.size() >> 8U);
    packet[1] = static_cast<std::uint8_t>(query.size() & 0xffU);
    std::copy(query.begin(), query.end(), packet.begin() + length_octets);
    return packet;
}

bool must_wait(int error) {
    return error == EAGAIN || error == EINTR || error == ENOTCONN || error == EINPROGRESS;
}

} // namespace

TcpConnection::TcpConnection(EventLoop& loop, const Server& server, PacketView query, Time deadline,
                             ReplyTo done)
    : loop_(loop), fd_(connect_to(server, SOCK_STREAM)), connect_error_(fd_.get() < 0 ? errno : 0),
      query_(query.begin(), query.end()), unsent_(framed(query)), deadline_(deadline),
      done_(std::move(done)) {}

TcpConnection::~TcpConnection() {
    if (fd_.get() >= 0) {
        loop_.watch(fd_.get(), false, false, *this);
    }
}

void TcpConnection::start() {
    if (fd_.get() < 0) {
        end({Reply::Kind::tcp_closed, {}, connect_error_});
        return;
    }
    loop_.watch(fd_.get(), true, true, *this);
}

void TcpConnection::ready(int /*fd*/, bool readable, bool writable) {
    if (writable && !over_) {
        write();
    }
    if (readable && !over_) {
        read();
    }
}

void TcpConnection::write() {
    const ssize_t sent = send(fd_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0) {
        if (!must_wait(errno)) {
            end({Reply::Kind::tcp_closed, {}, errno});
        }
        return;
    }
    unsent_.erase(unsent_.begin(), unsent_.begin() + sent);
    if (unsent_.empty()) {
        loop_.watch(fd_.get(), true, false, *this);
    }
}

void TcpConnection::read() {
    std::array<std::uint8_t, 16384> buffer;
    const ssize_t got = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && must_wait(errno)) {
        return;
    }
    if (got <= 0) {
        end({Reply::Kind::tcp_closed, {}, got < 0 ? errno : 0});
        return;
    }
    received_.insert(received_.end(), buffer.begin(), buffer.begin() + got);
    while (!over_ && take_message()) {
    }
}

bool TcpConnection::take_message() {
    if (received_.size() < length_octets) {
        return false;
    }
    const std::size_t whole = length_octets + number16(received_, 0);
    if (received_.size() < whole) {
        return false;
    }
    const PacketView message = PacketView(received_).subspan(length_octets, whole - length_octets);
    if (is_reply_to(message, query_)) {
        end({Reply::Kind::response, message});
        return true;
    }
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(whole));
    if (++strange_messages_ == most_strange_messages) {
        end({Reply::Kind::tcp_closed});
    }
    return true;
}

void TcpConnection::expire(Time now) {
    if (deadline_ <= now) {
        end({Reply::Kind::tcp_silence});
    }
}

void TcpConnection::end(const Reply& reply) {
    if (std::exchange(over_, true)) {
        return;
    }
    if (fd_.get() >= 0) {
        loop_.watch(fd_.get(), false, false, *this);
    }
    done_(reply);
}

} // namespace milter::resolver
