// The one line that the log gets for a finished message, as key=value pairs.
#pragma once

#include "authenticate/verdict.h"
#include "message/header_list.h"
#include "milter/direction.h"

#include <chrono>
#include <string>
#include <vector>

namespace milter {

struct Summary {
    Direction direction;
    std::optional<base::IpAddress> client;
    std::string mail_from;
    std::vector<std::string> from;                  // who the message says it is from, see from_in_words
    const authenticate::Verdict* verdict = nullptr; // verified mail
    std::vector<std::string> signed_by;             // signed mail: DOMAIN/SELECTOR
    std::string unsigned_because;                   // mail to be signed that was not
    std::string came_back;           // mail to be signed: what a result of ours says against its author
    std::size_t removed_results = 0; // forged Authentication-Results fields taken out
    std::string author_action;       // what was done because the author cannot be told; or empty
    std::chrono::milliseconds dns_wait{0};
    std::size_t dns_questions = 0;
};

// The authors' addresses, as far as they can be told; else the From fields as they stand.
[[nodiscard]] std::vector<std::string> from_in_words(const message::Author& author,
                                                     const message::HeaderList& headers);

// mode=verify why="external host 192.0.2.1" client=192.0.2.1 sender=ann@example.org from=ann@example.org
// spf=pass spf.mailfrom=example.org dkim=pass/example.org/s1 ...
[[nodiscard]] std::string print(const Summary& summary);

[[nodiscard]] const char* print(Mode mode);

} // namespace milter
