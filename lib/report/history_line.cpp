#include "report/history_line.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

using authenticate::Action;

constexpr std::size_t max_token_octets = 250;
constexpr std::size_t max_job_octets = 128; // as its table has it

// The program reads up to a blank.
std::string token(std::string_view text) {
    std::string token(text.substr(0, max_token_octets));
    std::replace_if(token.begin(), token.end(), [](char c) { return !base::is_visible(c); }, '?');
    return token.empty() ? "-" : token;
}

int code(dkim::Result result) {
    switch (result) {
    case dkim::Result::pass:
        return 0;
    case dkim::Result::neutral:
        return 3;
    case dkim::Result::temperror:
        return 4;
    case dkim::Result::permerror:
        return 5;
    case dkim::Result::none:
        return 6;
    case dkim::Result::fail:
        return 7;
    case dkim::Result::policy:
        return 8;
    }
    return 11;
}

int code(spf::Result result) {
    switch (result) {
    case spf::Result::pass:
        return 0;
    case spf::Result::softfail:
        return 2;
    case spf::Result::neutral:
        return 3;
    case spf::Result::temperror:
        return 4;
    case spf::Result::permerror:
        return 5;
    case spf::Result::none:
        return 6;
    case spf::Result::fail:
        return 7;
    }
    return 11;
}

int code(Action action) {
    switch (action) {
    case Action::reject:
        return 0;
    case Action::discard:
        return 1;
    case Action::accept:
    case Action::mark:
        return 2;
    case Action::tempfail:
        return 3;
    case Action::quarantine:
        return 4;
    }
    return 2;
}

// The first letter as a number: 'n', 'q', 'r' and 's'.
int letter(std::string_view word) {
    return static_cast<unsigned char>(word.front());
}

int letter(dmarc::AlignmentMode mode) {
    return mode == dmarc::AlignmentMode::strict ? 's' : 'r';
}

int aligned(bool yes) {
    return yes ? 4 : 5;
}

int policy_result(const Evaluation& evaluation) {
    constexpr int pass = 15;
    constexpr int none = 18;
    if (evaluation.result != dmarc::Result::fail) { // no policy is applied (RFC 9989 5.3.6)
        return evaluation.result == dmarc::Result::pass ? pass : none;
    }
    switch (evaluation.asked_for) {
    case dmarc::Policy::reject:
        return 16;
    case dmarc::Policy::quarantine:
        return 17;
    case dmarc::Policy::none:
        return none;
    }
    return none;
}

std::string signature_lines(const std::vector<DkimResult>& signatures) {
    std::string lines;
    for (const DkimResult& one : signatures) {
        lines += fmt::format("dkim {} {} {}\n", one.domain.text(), token(one.selector), code(one.result));
    }
    return lines;
}

std::string uri_lines(const std::vector<std::string>& uris) {
    std::string lines;
    for (const std::string& uri : uris) {
        if (uri.size() <= max_token_octets && token(uri) == uri) { // a piece of it names somebody else
            lines += fmt::format("rua {}\n", uri);
        }
    }
    return lines.empty() ? "rua -\n" : lines;
}

std::string message_lines(const Evaluation& evaluation, const HistoryFacts& facts) {
    const Row& row = evaluation.row;
    return fmt::format("job {}\nreporter {}\nreceived {}\nipaddr {}\nfrom {}\nmfrom {}\n{}spf {}\n",
                       token(std::string_view(facts.job).substr(0, max_job_octets)), token(facts.reporter),
                       facts.received, row.source_ip.print(), row.header_from.text(),
                       row.envelope_from ? row.envelope_from->text() : "", signature_lines(row.dkim),
                       row.spf ? code(row.spf->result) : -1);
}

// A record that is only tested (t=y) has the share 0 of older records.
std::string policy_lines(const Evaluation& evaluation) {
    const Policy& policy = evaluation.policy;
    return fmt::format("pdomain {}\npolicy {}\n{}pct {}\nadkim {}\naspf {}\np {}\nsp {}\n",
                       policy.domain.text(), policy_result(evaluation), uri_lines(policy.rua),
                       policy.testing ? 0 : 100, letter(policy.adkim), letter(policy.aspf),
                       letter(dmarc::print(policy.p)), letter(dmarc::print(policy.sp)));
}

} // namespace

// ARC as OpenDMARC has it for mail without any: failed, not used, no seals.
std::string history_lines(const Evaluation& evaluation, const HistoryFacts& facts) {
    return message_lines(evaluation, facts) + policy_lines(evaluation) +
           fmt::format("align_dkim {}\nalign_spf {}\narc 7\narc_policy 1 json:[]\naction {}\n",
                       aligned(evaluation.row.dkim_aligned), aligned(evaluation.row.spf_aligned),
                       code(facts.action));
}

} // namespace report
