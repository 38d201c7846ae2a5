#include "milter/resolver/nameservers.h"

#include <algorithm>

namespace milter::resolver {

Nameservers::Nameservers(std::vector<Server> servers) {
    for (Server& server : servers) {
        if (find(server) == nullptr) {
            known_.push_back({.server = std::move(server)});
        }
    }
}

std::vector<Candidate> Nameservers::line_up(Time now) {
    Health* probe = nullptr;
    std::vector<const Health*> line;
    line.reserve(known_.size());
    for (Health& health : known_) {
        if (probe == nullptr && health.suspect && health.retry_at <= now) {
            probe = &health;
            health.penalty = std::min(2 * health.penalty, max_penalty);
            health.retry_at = now + health.penalty;
        }
        line.push_back(&health);
    }
    std::ranges::stable_sort(line, {}, [probe](const Health* health) {
        return health == probe ? 0 : health->suspect ? 2 : 1;
    });
    std::vector<Candidate> candidates;
    candidates.reserve(line.size());
    for (const Health* health : line) {
        candidates.push_back({health->server, !health->plain_dns || health->edns_again_at <= now});
    }
    return candidates;
}

void Nameservers::silent(const Server& server, Time now) {
    // Many questions run into the same silence at once; it counts once.
    if (Health* health = find(server); health != nullptr && !health->suspect) {
        health->suspect = true;
        health->retry_at = now + health->penalty;
    }
}

void Nameservers::answered(const Server& server) {
    if (Health* health = find(server); health != nullptr) {
        health->suspect = false;
        health->penalty = first_penalty;
    }
}

void Nameservers::refused_edns(const Server& server, Time now) {
    if (Health* health = find(server); health != nullptr) {
        health->plain_dns = true;
        health->edns_again_at = now + plain_dns_memory;
    }
}

std::vector<Server> Nameservers::servers() const {
    std::vector<Server> servers;
    for (const Health& health : known_) {
        servers.push_back(health.server);
    }
    return servers;
}

Nameservers::Health* Nameservers::find(const Server& server) {
    const auto found = std::ranges::find(known_, server, &Health::server);
    return found == known_.end() ? nullptr : &*found;
}

} // namespace milter::resolver
