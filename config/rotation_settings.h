// What the settings say about keys that change by themselves (`paraph key rotate`).
#pragma once

#include "dns/server.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace config {

// How a record gets into the DNS.
enum class PublishBy : std::uint8_t { none, nsupdate, zone_file, hook };

enum class RotatedType : std::uint8_t { rsa, ed25519, both };

struct Rotation {
    // What a domain may have otherwise.
    std::chrono::seconds every{std::chrono::days(180)};
    std::chrono::seconds overlap{0};
    std::chrono::seconds transit{std::chrono::days(8)};
    std::chrono::seconds give_up{std::chrono::days(7)};
    std::string selector = "s%Y%m%d";
    RotatedType type = RotatedType::rsa;
    std::size_t bits = 2048;
    bool silence_lost = true;
    PublishBy publish = PublishBy::none;

    // What all have in common.
    std::string directory = "/var/lib/paraph/rotation";
    unsigned ttl = 3600;                   // of the records
    std::vector<dns::Server> server;       // that takes the updates
    std::string tsig_key;                  // a file; empty: updates are not signed
    std::string zone_file;                 // with % for the domain
    std::vector<std::string> zone_command; // a program and its arguments, % for the domain
    std::vector<std::string> hook;         // likewise
    std::chrono::seconds program_time{60};
    std::string publish_retired_key; // a directory; empty: they stay private

    // Where several hosts share the keys; empty: this one is alone.
    std::string store; // libpq's "host=... dbname=..."
    std::string store_user;
    std::string store_password_file;
    std::string store_key;  // a file
    std::string store_name; // of this host, for people; empty: what the system is called
};

// Below `directory`: what the daemon reads of a domain that rotates.
[[nodiscard]] inline std::string rotation_file(const std::string& directory, const std::string& domain) {
    return directory + '/' + domain + ".yaml";
}

} // namespace config
