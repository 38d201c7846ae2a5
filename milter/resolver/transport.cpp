#include "milter/resolver/transport.h"

#include "base/ip_address.h"

#include <ares.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

namespace resolver {

namespace {

using std::chrono::milliseconds;

// How late a timeout may be noticed.
constexpr milliseconds tick{20};

void initialize_library() {
    [[maybe_unused]] static const int status =
        ares_library_init(ARES_LIB_INIT_ALL); // not safe in two threads at once
}

Reply::Kind kind_of(int status) {
    switch (status) {
    case ARES_SUCCESS:
        return Reply::Kind::response;
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
        return Reply::Kind::shutdown;
    case ARES_ETIMEOUT:
        return Reply::Kind::silence;
    default:
        return Reply::Kind::unreachable;
    }
}

ares_addr_port_node node_for(const base::IpAddress& address, std::uint16_t port) {
    ares_addr_port_node node{};
    node.family = address.is_v4() ? AF_INET : AF_INET6;
    std::memcpy(&node.addr, address.bytes().data(), address.bytes().size());
    node.udp_port = port;
    node.tcp_port = port;
    return node;
}

} // namespace

// One c-ares channel: one server, one UDP port, a limited number of queries.
class Transport::Channel final : public EventLoop::Watcher {
  public:
    Channel(EventLoop& loop, Path path) : loop_(loop), path_(std::move(path)) {}
    ~Channel() override;

    // False when c-ares cannot be set up for the path.
    [[nodiscard]] bool open();
    void send(PacketView query, Done done);
    void ready(int fd, bool readable, bool writable) override;
    void check_timeouts();

    [[nodiscard]] const Path& path() const { return path_; }
    [[nodiscard]] bool used_up() const { return sent_ >= queries_per_port; }
    [[nodiscard]] bool idle() const { return open_ == 0; }

  private:
    struct Query {
        Channel& channel;
        Done done;
    };

    // Called from C: no exception may pass.
    static void on_socket(void* channel, ares_socket_t fd, int readable, int writable) noexcept;
    static void on_reply(void* query, int status, int timeouts, unsigned char* bytes, int size) noexcept;
    [[nodiscard]] bool open_with(ares_options& options);

    EventLoop& loop_;
    Path path_;
    ares_channel handle_ = nullptr;
    std::size_t sent_ = 0;
    std::size_t open_ = 0;
};

Transport::Channel::~Channel() {
    if (handle_ != nullptr) {
        ares_destroy(handle_);
    }
}

bool Transport::Channel::open() {
    ares_options options{};
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    if (path_.edns) {
        // c-ares adds no OPT record to a packet of ours, but takes the flag and the size as how much UDP may
        // carry.
        options.flags |= ARES_FLAG_EDNS;
    }
    options.ednspsz = edns_payload;
    options.timeout = static_cast<int>(path_.timeout.count());
    options.tries = 1;
    options.sock_state_cb = &Channel::on_socket;
    options.sock_state_cb_data = this;
    return open_with(options);
}

// With these set, c-ares reads no file of the system: neither resolv.conf nor nsswitch.conf has a say here.
bool Transport::Channel::open_with(ares_options& options) {
    std::array<char, 2> dns_only{'b', '\0'};
    std::array<char, 10> no_file{"/dev/null"};
    options.lookups = dns_only.data();
    options.resolvconf_path = no_file.data();
    constexpr int chosen = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                           ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF |
                           ARES_OPT_DOMAINS | ARES_OPT_NOROTATE;
    const auto address = base::IpAddress::parse(path_.server.address);
    if (!address || ares_init_options(&handle_, &options, chosen) != ARES_SUCCESS) {
        return false;
    }
    ares_addr_port_node node = node_for(*address, path_.server.port);
    return ares_set_servers_ports(handle_, &node) == ARES_SUCCESS;
}

void Transport::Channel::send(PacketView query, Done done) {
    ++sent_;
    ++open_;
    auto waiting = std::make_unique<Query>(Query{*this, std::move(done)});
    ares_send(handle_, query.data(), static_cast<int>(query.size()), &Channel::on_reply, waiting.release());
}

void Transport::Channel::ready(int fd, bool readable, bool writable) {
    ares_process_fd(handle_, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
}

void Transport::Channel::check_timeouts() {
    ares_process_fd(handle_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void Transport::Channel::on_socket(void* channel, ares_socket_t fd, int readable, int writable) noexcept {
    auto& self = *static_cast<Channel*>(channel);
    self.loop_.watch(fd, readable != 0, writable != 0, self);
}

void Transport::Channel::on_reply(void* query, int status, int /*timeouts*/, unsigned char* bytes,
                                  int size) noexcept {
    const std::unique_ptr<Query> ended(static_cast<Query*>(query));
    --ended->channel.open_;
    const bool empty = bytes == nullptr || size <= 0;
    ended->done({kind_of(status), empty ? PacketView() : PacketView(bytes, static_cast<std::size_t>(size))});
}

Transport::Transport() {
    initialize_library();
    thread_ = std::thread(&Transport::run, this);
}

Transport::~Transport() {
    stop();
}

void Transport::stop() {
    if (thread_.joinable()) {
        loop_.stop();
        thread_.join();
    }
}

void Transport::send(const Path& path, PacketView query, Done done) {
    Channel* channel = channel_for(path);
    if (channel == nullptr) {
        done({Reply::Kind::unreachable, {}});
        return;
    }
    channel->send(query, std::move(done));
}

void Transport::forget_paths() {
    std::ranges::move(channels_, std::back_inserter(retired_));
    channels_.clear();
}

void Transport::run() {
    loop_.run([this] { return keep_house(); });
    // c-ares answers what is still open from within ares_destroy; whoever then sends again finds no channel
    // to reuse.
    while (!channels_.empty() || !retired_.empty()) {
        const auto ending = std::exchange(channels_, {});
        const auto ended = std::exchange(retired_, {});
    }
}

Transport::Channel* Transport::channel_for(const Path& path) {
    const auto known =
        std::ranges::find_if(channels_, [&](const auto& channel) { return channel->path() == path; });
    if (known != channels_.end()) {
        if (!(*known)->used_up()) {
            return known->get();
        }
        retired_.push_back(std::move(*known));
        channels_.erase(known);
    }
    auto channel = std::make_unique<Channel>(loop_, path);
    if (!channel->open()) {
        return nullptr;
    }
    return channels_.emplace_back(std::move(channel)).get();
}

// Never inside a c-ares callback: a channel must not be destroyed there.
milliseconds Transport::keep_house() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= ticked_ + tick) {
        ticked_ = now;
        // By index, because a timeout's callback may send again and so add or retire channels.
        for (std::size_t i = 0; i < channels_.size(); ++i) {
            channels_[i]->check_timeouts();
        }
        for (std::size_t i = 0; i < retired_.size(); ++i) {
            retired_[i]->check_timeouts();
        }
    }
    std::erase_if(retired_, [](const auto& channel) { return channel->idle(); });
    const bool idle = retired_.empty() &&
                      std::ranges::all_of(channels_, [](const auto& channel) { return channel->idle(); });
    return idle ? milliseconds(-1) : tick;
}

} // namespace resolver
