// What is known of a message beside its verdict, for the decision what becomes of it. But for the client, all
// of it is the sender's own word: it can make a rule milder only where the operator says so.
#pragma once

#include "base/ip_address.h"
#include "base/unix_time.h"
#include "message/header_list.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authenticate {

// Signs that somebody between the author and us sent the message on, which breaks SPF and often DKIM.
struct Signs {
    std::string list_id;   // of List-Id, what stands in angle brackets
    std::string list_post; // of List-Post, the address
    // The first sign that was found, in plain words: "List-Id", "a sender rewritten by SRS"; empty: none.
    std::string passed_on;
    bool by_list = false; // that sign is one of a mailing list
};

// Reads so much of a field and no more.
inline constexpr std::size_t read_of_list_field = 1000;

[[nodiscard]] Signs find_signs(const message::HeaderList& headers, const std::string& mail_from);

inline constexpr const char* through_relay = "through a relay"; // one of our own
inline constexpr const char* back_from_filter = "handed back by a filter";
inline constexpr const char* mail_of_ours = "mail of your own";

struct Circumstances {
    std::optional<base::IpAddress> client;
    std::string mail_from;               // the path as given
    std::vector<std::string> recipients; // as given; empty: not all are known
    Signs signs;
    // How it was handed over, where whoever did so would have to bounce what we refuse; empty: by the sender.
    std::string handed_over;
    std::string queue_id;
    base::UnixTime now = 0;
};

} // namespace authenticate
