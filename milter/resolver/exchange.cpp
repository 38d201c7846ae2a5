#include "milter/resolver/exchange.h"

#include <cerrno>
#include <utility>

namespace milter::resolver {

namespace {

int weight(dns::Failure failure) {
    switch (failure) {
    case dns::Failure::none:
        return 0;
    case dns::Failure::timeout:
        return 1;
    case dns::Failure::malformed:
        return 2;
    case dns::Failure::refused:
        return 3;
    case dns::Failure::server_failure:
        return 4;
    }
    return 0;
}

} // namespace

Exchange::Exchange(std::vector<Candidate> line, int rounds) : rounds_(rounds) {
    for (Candidate& candidate : line) {
        line_.push_back({std::move(candidate)});
    }
}

std::optional<Candidate> Exchange::next() {
    for (; !over_ && round_ < rounds_; ++round_, at_ = 0) {
        for (; at_ < line_.size(); ++at_) {
            if (!line_[at_].done) {
                return line_[at_].candidate;
            }
        }
    }
    return std::nullopt;
}

void Exchange::silent() {
    if (round_ + 2 == rounds_) {
        // The last try goes without EDNS: there are still middleboxes that swallow what carries an OPT
        // record.
        line_[at_].candidate.edns = false;
    }
    ++at_;
}

void Exchange::unreachable(int error) {
    missed(error);
    silent(); // a later try may find somebody there
}

void Exchange::stalled() {
    ++at_;
}

void Exchange::hung_up(int error) {
    missed(error);
    line_[at_].done = true;
    ++at_;
}

void Exchange::answered(const Response& response) {
    Stop& stop = line_[at_];
    if (response.answer.status != dns::Status::failed) {
        answer_ = response.answer;
        news_ = News::response;
        over_ = true;
    } else if (response.edns_refused && stop.candidate.edns) {
        stop.candidate.edns = false; // RFC 6891 6.2.2: the same server again, in plain DNS
    } else {
        stop.done = true;
        if (news_ != News::response || weight(response.answer.failure) > weight(answer_.failure)) {
            answer_ = response.answer;
        }
        news_ = News::response;
        ++at_;
    }
}

// Nobody listens on the server's port: worth telling while no server has said more.
void Exchange::missed(int error) {
    if (error == ECONNREFUSED && news_ == News::silence) {
        news_ = News::closed_port;
        answer_ = dns::failed(dns::Failure::refused);
    }
}

} // namespace milter::resolver
