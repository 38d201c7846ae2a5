// How Postfix calls the old programs, and what has to stand in its files for paraphd in their place.
#pragma once

#include "base/socket_name.h"
#include "config/import/postfix_file.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

// Of check_policy_service for policyd-spf.
struct PolicyUse {
    bool called = false;
    std::string service;              // "policyd-spf", as master.cf calls it
    std::string file;                 // its configuration, where the command line names one
    bool is_other_program = false;    // the Perl one, whose switches are other ones
    std::vector<std::string> unasked; // blocks that come past it: mynetworks
    std::vector<std::string> before;  // other restrictions before it that may let mail past it
    bool only_warns = false;          // each call stands behind warn_if_reject: nothing is refused
    std::vector<std::string> others;  // further such services that are called, by their names
    Place place;
};
[[nodiscard]] PolicyUse find_policy_use(const PostfixFiles& postfix);

// A value of main.cf (service is empty) or of a service in master.cf that has to change.
struct PostfixChange {
    std::string service; // "submission/inet"
    std::string name;
    std::string before;
    std::string after;
};

// The sockets of the old milters as their own configurations have them.
struct OldSockets {
    std::vector<base::SocketName> sockets;
    std::string ours; // as paraph.yaml has it: "inet:8891@localhost"
};
[[nodiscard]] std::vector<PostfixChange> milter_changes(const PostfixFiles& postfix, const OldSockets& old);
[[nodiscard]] std::vector<PostfixChange> policy_changes(const PostfixFiles& postfix, const PolicyUse& use);

// Services where a content filter hands mail back to these milters, which see it a second time. One with a
// milter_macro_daemon_name is none of them: whoever gave it that has told the milters what to make of it.
[[nodiscard]] std::vector<const PostfixService*>
services_of_return(const PostfixFiles& postfix, const std::vector<base::SocketName>& milters);

// Whether a parameter has milters.
[[nodiscard]] bool is_milter_list(std::string_view name);

// Whether any service calls this socket.
[[nodiscard]] bool calls_milter(const PostfixFiles& postfix, const base::SocketName& socket);

} // namespace config::import
