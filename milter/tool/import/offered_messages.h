// Messages that are offered to milters as Postfix would: one of ours for each domain that signs, and one from
// outside.
#pragma once

#include "config/settings.h"
#include "milter/tool/import/hands.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace milter::tool::import {

// Of each author domain, the signatures that a message of its own gets: "example.org/s2026" (d=, s=).
using Signatures = std::map<std::string, std::set<std::string>>;

// Domains of keys that sign; some of them, where there are many.
[[nodiscard]] std::vector<std::string> domains_to_try(const config::Settings& settings);

// The error: nobody answers there, or mail would wait.
[[nodiscard]] Told<Signatures> offer_outbound(const std::string& address,
                                              const std::vector<std::string>& domains);
// What becomes of it, in words.
[[nodiscard]] Told<std::string> offer_inbound(const std::string& address);

// listen.socket as `paraph probe` takes it.
[[nodiscard]] std::string address_of(const config::Settings& settings);

} // namespace milter::tool::import
