// Who hands over mail to be signed, and lists of those who may.
//
// All of it is what the mail server says of a session: the login that it let in, and the address that is
// connected. What an SMTP client types (HELO, MAIL FROM, the message) has no place here.
#pragma once

#include "base/ip_address.h"
#include "base/ip_network.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

struct Submitter {
    std::optional<std::string> login; // none: nobody logged in; empty: somebody did, and it is not known who
    std::optional<base::IpAddress> client;
};

// "login ann", "client 192.0.2.1", for people.
[[nodiscard]] std::string print(const Submitter& submitter);

// In lower case as far as it is ASCII. Mail servers compare logins without regard to case.
[[nodiscard]] std::string folded_login(std::string_view login);

struct Users {
    std::vector<std::string> logins; // patterns, `*` stands for anything
    std::vector<base::IpNetwork> clients;

    // Who logs in is known by that alone: the address of a webmail server says nothing about its users.
    [[nodiscard]] bool include(const Submitter& submitter) const;
};

} // namespace keys
