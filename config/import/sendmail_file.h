// sendmail.mc of Sendmail, as far as it says which milters are called. It is m4; lines of it are read one by
// one, and what a macro of one's own makes is not seen.
#pragma once

#include "base/socket_name.h"
#include "config/import/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace config::import {

// INPUT_MAIL_FILTER(`opendkim', `S=inet:8891@localhost, F=T')
struct SendmailFilter {
    std::string name;
    std::string socket; // as it is written behind S=
    Place place;
};

[[nodiscard]] std::vector<SendmailFilter> read_sendmail(std::string_view text, const std::string& file);

// What to do with a line of sendmail.mc.
struct SendmailChange {
    Place place;      // line 0: in front of the lines MAILER
    std::string name; // of the filter that stands there
    std::string line; // in its place; empty: the line goes
};

// paraphd takes the place of the first filter at one of the old sockets.
[[nodiscard]] std::vector<SendmailChange> sendmail_changes(const std::vector<SendmailFilter>& filters,
                                                           const std::vector<base::SocketName>& old,
                                                           const std::string& ours, const std::string& file);

} // namespace config::import
