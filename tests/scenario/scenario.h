// One scenario: a message, its SMTP session, the DNS and the configuration, and what must come of it. The
// format is told in README.md.
#pragma once

#include "base/result.h"
#include "milter/session/session.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scenario {

// Puts a DKIM-Signature on top of the message as it is by then.
struct Sign {
    std::string key;
    std::string tags; // with "bh=@" and "b=@" where the values go
};

struct Prepend {
    std::string field;
};

struct Append {
    std::string line; // of the body
};

// Of the first place where `from` stands; it must stand somewhere.
struct Replace {
    std::string from;
    std::string to;
};

using Step = std::variant<Sign, Prepend, Append, Replace>;

struct Scenario {
    std::string title;
    std::string config; // YAML
    std::string zone;   // as dns::parse_answers reads it
    milter::session::Connection connection;
    std::string helo;
    milter::session::MailFrom sender;
    std::vector<std::string> recipients; // paths
    base::UnixTime now = 0;
    std::string message; // LF lines
    std::vector<Step> steps;
    std::vector<std::string> expected; // lines, `*` stands for anything
};

// The error's position is the number of the line.
[[nodiscard]] base::Result<Scenario> parse(std::string_view text);

} // namespace scenario
