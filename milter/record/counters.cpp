#include "milter/record/counters.h"

#include "authenticate/action.h"
#include "authenticate/exceptions.h"
#include "dkim/result.h"
#include "dmarc/evaluate.h"
#include "iprev/evaluate.h"
#include "milter/record/message_facts.h"
#include "spf/result.h"

#include <fmt/format.h>

namespace milter::record {

namespace {

template <auto last>
constexpr FamilyEntry entry(Family family, std::string_view word, std::string_view label,
                            std::string_view meaning) {
    return {family,
            word,
            label,
            static_cast<std::size_t>(last) + 1,
            [](std::size_t value) { return std::string_view(print(static_cast<decltype(last)>(value))); },
            meaning};
}

constexpr auto last_action = authenticate::Action::discard;

constexpr std::array<FamilyEntry, family_count> entries{{
    entry<Mode::keep>(Family::messages, "messages", "mode",
                      "Messages with a line of their own in the log, by what was done: checked, mail of "
                      "your own (signed or not), left alone."),
    entry<spf::Result::permerror>(Family::spf, "spf", "result",
                                  "SPF results of incoming messages, for MAIL FROM, or for HELO where MAIL "
                                  "FROM is empty."),
    entry<dkim::Result::permerror>(Family::dkim, "dkim", "result",
                                   "DKIM results of incoming messages, one for each signature; none: a "
                                   "message without any."),
    entry<dmarc::Result::permerror>(Family::dmarc, "dmarc", "result", "DMARC results of incoming messages."),
    entry<iprev::Result::permerror>(Family::iprev, "iprev", "result", "iprev results of incoming messages."),
    entry<last_action>(Family::disposition, "disposition", "action",
                       "Incoming messages that were checked, by what was done about them."),
    entry<last_action>(Family::would, "would", "action",
                       "Incoming messages with which more would have been done were it not for a dry run, by "
                       "what that is. They are counted below disposition too."),
    entry<last_action>(Family::own_disposition, "own_disposition", "action",
                       "Mail of your own by what was done about it (author.own_mail)."),
    entry<authenticate::OverrideType::other>(Family::exception, "exception", "type",
                                             "Messages, and recipients at RCPT, that an exception spared, by "
                                             "its type."),
    entry<last_action>(Family::recipient, "recipient", "action",
                       "Recipients with a RECIPIENT line, by what they were answered."),
    entry<last_action>(Family::recipient_would, "recipient_would", "action",
                       "The same for what a dry run would have answered."),
    {Family::signatures, "signatures", "", 1, [](std::size_t) { return std::string_view(); },
     "Signatures made."},
    entry<Unsigned::recipient>(
        Family::not_signed, "unsigned", "reason",
        "Mail of your own that was not signed, by the reason: signing is off; the author is in doubt; no key "
        "for the domain, or none for this author; the key is not there or cannot be used; an own_result "
        "speaks against the author (roles.heed_own_results); the header cannot be signed as it is; the "
        "submitter may not use the key or write this From (used_by, senders.table); it is fragile and put "
        "off (signing.fragile); the recipient wants none (signing.unsigned_recipients)."),
    entry<message::Fragility::missing_field>(
        Family::fragile, "fragile", "kind",
        "Signed mail, or such as was put off, that servers behind you will probably change, by what they "
        "would; one message can have several (signing.fragile)."),
    entry<Reported::late>(
        Family::reports, "reports", "result",
        "Messages counted for reports: that are in the store; of which something was left out, since there "
        "were "
        "too many different ones; that were not counted for want of room; with reports.durable, that were "
        "answered before their count was on the disk."),
    entry<FailuresReported::dropped>(
        Family::failure_reports, "failure_reports", "result",
        "Failure reports: that are in the store; messages of which none was made, since reports.failure "
        "allows no more, and those for which there was no room. Messages that failed alike are one report."),
    entry<Recorded::late>(
        Family::history, "history", "result",
        "Messages for reports.history_file: that are written to it; that are not, for want of room; with "
        "reports.durable, that were answered before their record was on the disk."),
}};

constexpr bool fits() {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].family) != i || entries[i].size > Counters::most_values) {
            return false;
        }
    }
    return true;
}
static_assert(fits(), "Counters takes the family and its value for indexes");

} // namespace

std::string_view print(Reported what) {
    switch (what) {
    case Reported::stored:
        return "stored";
    case Reported::less_detail:
        return "less_detail";
    case Reported::dropped:
        return "dropped";
    case Reported::late:
        return "late";
    }
    return "?";
}

std::string_view print(FailuresReported what) {
    switch (what) {
    case FailuresReported::stored:
        return "stored";
    case FailuresReported::limited:
        return "limited";
    case FailuresReported::dropped:
        return "dropped";
    }
    return "?";
}

std::string_view print(Recorded what) {
    switch (what) {
    case Recorded::written:
        return "written";
    case Recorded::dropped:
        return "dropped";
    case Recorded::late:
        return "late";
    }
    return "?";
}

std::span<const FamilyEntry> families() {
    return entries;
}

std::vector<Count> Counters::read() const {
    std::vector<Count> counts;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const FamilyEntry& family = entries[i];
        for (std::size_t value = 0; value < family.size; ++value) {
            counts.push_back({family.label.empty() ? std::string(family.word)
                                                   : fmt::format("{}.{}", family.word, family.value(value)),
                              rows_[i][value].load(std::memory_order_relaxed)});
        }
    }
    return counts;
}

} // namespace milter::record
