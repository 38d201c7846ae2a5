// A stub resolver: one question in, one answer out, no memory but of which servers work. Joins the wire
// format, the transport and the choice of servers.
#pragma once

#include "milter/resolver/edns_witnesses.h"
#include "milter/resolver/exchange.h"
#include "milter/resolver/nameservers.h"
#include "milter/resolver/resolv_conf.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/transport.h"
#include "milter/resolver/warnings.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace milter::resolver {

class Stub {
  public:
    using Done = std::function<void(const dns::Question&, dns::Answer)>; // must not throw

    // With more than one server nobody waits longer than this for the first to answer.
    static constexpr std::chrono::milliseconds patience_with_one_of_several{1200};

    Stub(const Options& options, Warnings& warnings);

    // From any thread. `done` is called exactly once on the stub's thread, at the latest from within stop().
    // False after stop() has begun: then it is not called.
    [[nodiscard]] bool ask(const dns::Question& question, Done done);

    // Answers everything open with failed(timeout) and ends the thread.
    void stop() { transport_.stop(); }

    [[nodiscard]] std::uint64_t sent() const { return sent_; }

  private:
    // One question under way; the transport's callbacks share it.
    struct Flight;
    using FlightPtr = std::shared_ptr<Flight>;

    void start(const dns::Question& question, Done done);
    void advance(const FlightPtr& flight);
    void send(const FlightPtr& flight, const Candidate& to);
    void note(Flight& flight, const Candidate& from, std::uint16_t id, const Reply& reply);
    void note_response(Flight& flight, const Candidate& from, const Response& response);
    void follow_resolv_conf(std::chrono::steady_clock::time_point now);

    int attempts_;
    std::chrono::milliseconds timeout_;
    Warnings& warnings_;
    std::atomic<std::uint64_t> sent_{0};
    std::optional<ResolvConf> resolv_conf_;
    Nameservers nameservers_;
    EdnsWitnesses edns_witnesses_;
    Transport transport_; // last: its thread uses all of the above
};

} // namespace milter::resolver
