#include "milter/resolver/edns_witnesses.h"

#include <algorithm>

namespace milter::resolver {

void EdnsWitnesses::knows(const Server& server, Time now) {
    Evidence& evidence = of(server);
    evidence.proved_until = now + proof_memory;
    evidence.witness.clear();
}

bool EdnsWitnesses::refused(const Server& server, const std::string& owner, Time now) {
    Evidence& evidence = of(server);
    if (now < evidence.proved_until) {
        return false;
    }
    if (!evidence.witness.empty() && now < evidence.witness_until && evidence.witness != owner) {
        evidence.witness.clear();
        return true;
    }
    evidence.witness = owner;
    evidence.witness_until = now + witness_memory;
    return false;
}

EdnsWitnesses::Evidence& EdnsWitnesses::of(const Server& server) {
    const auto known = std::ranges::find(evidence_, server, &Evidence::server);
    return known != evidence_.end() ? *known
                                    : evidence_.emplace_back(Evidence{.server = server, .witness = {}});
}

} // namespace milter::resolver
