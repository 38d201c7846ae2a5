#include "milter/resolver/inflight.h"

namespace milter::resolver {

Inflight::Joined Inflight::join(const dns::Question& question, Resolver::Callback& callback) {
    return flights_.with([&](auto& flights) {
        if (const auto flight = flights.find(question); flight != flights.end()) {
            flight->second.push_back(std::move(callback));
            return Joined::waiting;
        }
        if (flights.size() >= max_questions_) {
            return Joined::full;
        }
        flights[question].push_back(std::move(callback));
        return Joined::first;
    });
}

Inflight::Callbacks Inflight::land(const dns::Question& question) {
    return flights_.with([&](auto& flights) {
        auto flight = flights.extract(question);
        return flight ? std::move(flight.mapped()) : Callbacks();
    });
}

std::size_t Inflight::size() const {
    return flights_.with([](const auto& flights) { return flights.size(); });
}

} // namespace milter::resolver
