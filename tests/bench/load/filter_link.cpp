#include "bench/load/filter_link.h"

#include "base/ascii.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace bench {

namespace {

namespace protocol = milter::tool::protocol;

constexpr std::size_t buffered_at_most = 65536;
constexpr char abort_message = 'A';

// What Postfix sends by default (postconf(5), milter_connect_macros and so on).
std::array<std::vector<std::string>, protocol::macro_stages> default_lists() {
    return {{{"j", "daemon_name", "daemon_addr", "v", "_"},
             {},
             {"i", "auth_type", "auth_authen", "mail_addr", "mail_host", "mail_mailer"},
             {"i", "rcpt_addr", "rcpt_host", "rcpt_mailer"},
             {"i"},
             {"i"},
             {"i"}}};
}

std::string without_braces(std::string_view name) {
    return std::string(name.starts_with('{') && name.ends_with('}') ? name.substr(1, name.size() - 2) : name);
}

template <class Address>
bool connects(int socket, const Address& address) {
    const void* untyped = &address;
    return connect(socket, static_cast<const sockaddr*>(untyped), sizeof address) == 0 ||
           errno == EINPROGRESS;
}

bool connects_to_path(int socket, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(std::data(address.sun_path), sizeof address.sun_path - 1);
    return connects(socket, address);
}

bool connects_to_port(int socket, std::uint16_t port) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connects(socket, address);
}

} // namespace

FilterLink::FilterLink(EventLoop& loop) : loop_(loop), macro_lists_(default_lists()) {}

FilterLink::~FilterLink() {
    if (socket_ >= 0) {
        close(socket_);
    }
}

bool FilterLink::try_connect(const base::SocketName& address) {
    const bool local = address.is_unix();
    socket_ = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ >= 0 &&
        (local ? connects_to_path(socket_, address.path) : connects_to_port(socket_, address.port))) {
        return true;
    }
    if (socket_ >= 0) {
        close(socket_);
        socket_ = -1;
    }
    return false;
}

Task<bool> FilterLink::open(const base::SocketName& address) {
    constexpr int attempts = 2000; // a full queue of connections is no error, nobody listening is
    constexpr auto pause = std::chrono::milliseconds(5);
    for (int i = 0; i < attempts && !try_connect(address); ++i) {
        co_await loop_.sleep_until(Clock::now() + pause);
    }
    if (socket_ < 0) {
        throw std::runtime_error("nobody listens at the filter's socket");
    }
    loop_.add(socket_, watch_);
    co_return co_await negotiate();
}

Task<bool> FilterLink::negotiate() {
    std::string offer;
    milter::tool::put_number(offer, protocol::version);
    milter::tool::put_number(offer, protocol::all_actions);
    milter::tool::put_number(offer, protocol::all_steps);
    put(protocol::negotiate, offer);
    co_await flush();
    const milter::tool::Frame answer = co_await receive();
    std::string_view data = answer.data;
    const auto version = milter::tool::take_number(data);
    const auto actions = milter::tool::take_number(data);
    const auto steps = milter::tool::take_number(data);
    if (answer.code != protocol::negotiate || !version || !actions || !steps) {
        throw std::runtime_error("the filter does not negotiate");
    }
    steps_ = *steps;
    read_macro_lists(data);
    co_return true;
}

void FilterLink::read_macro_lists(std::string_view data) {
    while (!data.empty()) {
        const auto stage = milter::tool::take_number(data);
        const auto names = milter::tool::take_text(data);
        if (!stage || !names || *stage >= protocol::macro_stages) {
            throw std::runtime_error("the filter's list of macros is damaged");
        }
        auto& list = macro_lists_.at(*stage);
        list.clear();
        for (const std::string_view name : base::split(*names, ' ')) {
            list.push_back(without_braces(name));
        }
    }
}

void FilterLink::put(char code, std::string_view data) {
    milter::tool::put_number(buffer_, static_cast<std::uint32_t>(data.size() + 1));
    buffer_ += code;
    buffer_ += data;
}

void FilterLink::put_macros(const protocol::Event& event, const Macros& macros) {
    std::string data(1, event.command);
    for (const std::string& name : macro_lists_.at(static_cast<std::size_t>(event.macros))) {
        if (const auto found = macros.find(name); found != macros.end()) {
            milter::tool::put_text(data, name.size() == 1 ? name : '{' + name + '}');
            milter::tool::put_text(data, found->second);
        }
    }
    put(protocol::macro, data);
}

Task<milter::tool::Reply> FilterLink::event(const protocol::Event& event, std::string_view data,
                                            const Macros& macros) {
    put_macros(event, macros);
    if ((steps_ & event.unwanted) != 0) {
        co_return milter::tool::Reply{};
    }
    put(event.command, data);
    if ((steps_ & event.silent) == 0) {
        co_return co_await await_reply();
    }
    if (buffer_.size() > buffered_at_most) {
        co_await flush();
    }
    co_return milter::tool::Reply{};
}

Task<bool> FilterLink::flush() {
    std::size_t sent = 0;
    while (sent < buffer_.size()) {
        const ssize_t count = send(socket_, buffer_.data() + sent, buffer_.size() - sent, MSG_NOSIGNAL);
        if (count >= 0) {
            sent += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN || errno == ENOTCONN) {
            co_await watch_;
        } else {
            throw std::runtime_error("the filter takes no more");
        }
    }
    buffer_.clear();
    co_return true;
}

Task<bool> FilterLink::leave() {
    put(abort_message, {});
    put(protocol::quit, {});
    co_return co_await flush();
}

Task<milter::tool::Frame> FilterLink::receive() {
    for (;;) {
        if (auto frame = reader_.next()) {
            co_return std::move(*frame);
        }
        std::array<char, 4096> bytes; // NOLINT(*-member-init): filled by recv()
        const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
        if (count > 0) {
            reader_.append({bytes.data(), static_cast<std::size_t>(count)});
        } else if (count < 0 && errno == EAGAIN) {
            co_await watch_;
        } else {
            throw std::runtime_error("the filter hung up");
        }
    }
}

Task<milter::tool::Reply> FilterLink::await_reply() {
    constexpr char progress = 'p';
    co_await flush();
    for (;;) {
        const milter::tool::Frame frame = co_await receive();
        if (auto reply = milter::tool::read_reply(frame)) {
            co_return std::move(*reply);
        }
        if (auto edit = milter::tool::read_edit(frame)) {
            edits_.push_back(std::move(*edit));
        } else if (frame.code != progress) {
            throw std::runtime_error("a reply that no filter sends");
        }
    }
}

} // namespace bench
