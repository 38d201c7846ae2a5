// What policyd-spf tells a client that it refuses, and its words for a result.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/policyd_rules.h"
#include "authenticate/sender.h"

#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

struct Refusal {
    Action action = Action::reject; // or tempfail
    bool helo = false;              // the identity that is refused
    const spf::Verdict& verdict;
    bool by_list_of_domains = false; // Reject_Not_Pass_Domains
    std::string list_problem;        // not empty: the reason why it is only put off
    const Envelope& envelope;
    const std::vector<std::string>& recipients;
};

// One line of printable ASCII, of bounded length, whatever the sender and the DNS say.
[[nodiscard]] SmtpReply policyd_reply(const Refusal& refusal, const PolicydRules& rules);

// A result as policyd-spf words it: "SPF fail - not authorized".
[[nodiscard]] std::string policyd_words(const spf::Verdict& verdict);
// "Softfail"
[[nodiscard]] std::string policyd_name(spf::Result result);

// Whether a text has no other placeholder than these; `names` as {"spf", "url"}.
[[nodiscard]] bool has_only_placeholders(std::string_view text, const std::vector<std::string_view>& names);

} // namespace authenticate
