#include "milter/resolver/stub.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace milter::resolver {

using Clock = std::chrono::steady_clock;

struct Stub::Flight {
    dns::Question question;
    Exchange exchange;
    Done done;
    std::optional<Server> edns_refused_by; // until it has shown that plain DNS helps
    bool waited = false;                   // for somebody who may be there
    bool cancelled = false;                // the transport is going away
};

Stub::Stub(const Options& options, Warnings& warnings)
    : attempts_(std::max(options.attempts, 1)), timeout_(options.timeout), warnings_(warnings),
      nameservers_({}) {
    // The transport's thread is up but touches nothing of ours before the first ask().
    if (options.servers.empty()) {
        resolv_conf_.emplace(options.resolv_conf);
    } else {
        nameservers_ = Nameservers(options.servers);
    }
}

bool Stub::ask(const dns::Question& question, Done done) {
    return transport_.post(
        [this, question, done = std::move(done)]() mutable { start(question, std::move(done)); });
}

void Stub::start(const dns::Question& question, Done done) {
    const auto now = Clock::now();
    follow_resolv_conf(now);
    advance(std::make_shared<Flight>(
        Flight{question, Exchange(nameservers_.line_up(now), attempts_), std::move(done), {}}));
}

// Takes the next step: sends again, or reports what came of it all.
void Stub::advance(const FlightPtr& flight) {
    if (!flight->cancelled) {
        if (const auto to = flight->exchange.next()) {
            send(flight, *to);
            return;
        }
        if (flight->waited && !flight->exchange.heard()) {
            warnings_.warn(Warning::no_server_answers, dns::print(flight->question), Clock::now());
        }
    }
    flight->done(flight->question, flight->exchange.answer());
}

void Stub::send(const FlightPtr& flight, const Candidate& to) {
    const std::uint16_t id = random_id();
    auto query = make_query(flight->question, id, to.edns);
    if (!query) {
        flight->done(flight->question, dns::no_name()); // RFC 1035 2.3.4: no server can know such a name
        return;
    }
    ++sent_;
    const bool several = nameservers_.size() > 1;
    const auto timeout = several ? std::min(timeout_, patience_with_one_of_several) : timeout_;
    transport_.send({to.server, timeout}, flight->question.name, std::move(*query),
                    [this, flight, to, id](const Reply& reply) {
                        note(*flight, to, id, reply);
                        advance(flight);
                    });
}

void Stub::note(Flight& flight, const Candidate& from, std::uint16_t id, const Reply& reply) {
    switch (reply.kind) {
    case Reply::Kind::response:
        nameservers_.answered(from.server);
        note_response(flight, from, read_response(reply.packet, flight.question, id));
        return;
    case Reply::Kind::silence:
        flight.waited = true;
        nameservers_.silent(from.server, Clock::now());
        flight.exchange.silent();
        return;
    case Reply::Kind::unreachable:
        warnings_.warn(Warning::unreachable_server,
                       fmt::format("{} ({}), asked for {}", print_with_port(from.server), reply.reason(),
                                   dns::print(flight.question)),
                       Clock::now());
        nameservers_.silent(from.server, Clock::now());
        flight.exchange.unreachable(reply.error);
        return;
    case Reply::Kind::tcp_silence:
        // The server lives; it may be another one behind it that does not, and whose zone that is, is its
        // owner's care.
        flight.waited = true;
        nameservers_.answered(from.server);
        flight.exchange.stalled();
        return;
    case Reply::Kind::tcp_closed:
        flight.waited = true;
        nameservers_.answered(from.server);
        flight.exchange.hung_up(reply.error);
        return;
    case Reply::Kind::shutdown:
        flight.cancelled = true;
        return;
    }
}

void Stub::note_response(Flight& flight, const Candidate& from, const Response& response) {
    const auto now = Clock::now();
    if (response.edns) {
        edns_witnesses_.knows(from.server, now);
    }
    if (response.edns_refused) {
        flight.edns_refused_by = from.server;
    } else if (!from.edns && flight.edns_refused_by == from.server &&
               edns_witnesses_.refused(from.server, owner_of(flight.question.name), now)) {
        nameservers_.refused_edns(from.server, now);
    }
    flight.exchange.answered(response);
}

void Stub::follow_resolv_conf(Clock::time_point now) {
    if (!resolv_conf_) {
        return;
    }
    auto servers = resolv_conf_->changed(now);
    // A file that was touched but says the same must not wipe out what we learnt about the servers.
    if (servers && *servers != nameservers_.servers()) {
        nameservers_ = Nameservers(std::move(*servers));
        transport_.forget_paths();
    }
}

} // namespace milter::resolver
