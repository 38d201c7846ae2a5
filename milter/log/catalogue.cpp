#include "milter/log/catalogue.h"

#include <array>

namespace milter::log {

namespace {

constexpr std::array<Entry, event_count> entries{{
    {Event::listening, "LISTENING", Level::notice, Flow::each,
     "The socket is open and the MTA may connect. The line names the socket and the version."},
    {Event::stopped, "STOPPED", Level::notice, Flow::each,
     "The daemon ends after a signal. The MTA does what its default action says."},
    {Event::counters, "COUNTERS", Level::notice, Flow::each,
     R"(
What was counted since the last such line or the start, in so many seconds; see COUNTERS above. Counters
that did not change are left out, and the line with them if none did. It comes every `log.counters_every`
and when the daemon stops.)"},
    {Event::totals, "TOTALS", Level::notice, Flow::each,
     "What was counted since the start, in so many seconds. SIGUSR2 asks for it."},
    {Event::failed, "FAILED", Level::error, Flow::each,
     R"(
The daemon cannot start, or cannot go on, for the reason in the line. It stands on stderr as well.)"},
    {Event::files_changed, "FILES_CHANGED", Level::notice, Flow::each,
     R"(
With `reload.watch`: what the daemon has read has changed on disk and rests. It is read again; one of the two
lines that follow next tells how that went.)"},
    {Event::reloaded, "RELOADED", Level::notice, Flow::each,
     R"(
A new configuration is in use. Sessions that were open keep the one they began with. Settings that need a
restart are listed under SIGNALS; a CONFIG_WARNING names those that changed.)"},
    {Event::reload_refused, "RELOAD_REFUSED", Level::error, Flow::each,
     R"(
The new configuration has errors, which the lines before this one list. The old one stays in use. Correct
the file, test it with `paraph check-config`, and reload again.)"},
    {Event::configuration_problem, "CONFIG", Level::error, Flow::each,
     "One error in the configuration, a table or a key file."},
    {Event::key_unusable, "KEY", Level::error, Flow::each,
     R"(
One key or one row of a table that cannot be used, when the daemon starts or reloads. Mail of its domain
is answered 451, or goes out unsigned if signing.missing_key says so; everything else works. Correct it
and reload. For a key file no reload is needed.)"},
    {Event::configuration_warning, "CONFIG_WARNING", Level::warning, Flow::each,
     "Something in the configuration that works but is probably not meant."},
    {Event::relay_found, "RELAY_FOUND", Level::notice, Flow::each,
     R"(
The name of a relay that could not be looked up when the configuration was read has addresses now. If it was
the last one, mail is refused again as `policy` says; the line tells.)"},
    {Event::message, "MESSAGE", Level::info, Flow::each,
     R"(
One message is done. mode= and why= tell whether it was verified or signed and for what reason; from= is
the author; spf=, dkim= and dmarc= are the results written to Authentication-Results; signed= lists
domain/selector of the signatures made, unsigned= says why there is none; dns_ms= is the time spent
waiting for the DNS after the end of the message.)"},
    {Event::recipient_judged, "RECIPIENT", Level::info, Flow::each,
     R"(
With `spf.policyd.stage: rcpt`: a recipient of a message that policyd-spf's switches speak against. reason=
is the identity and its result, setting= the switch, disposition= what was answered. Where less was done than
the switch asks for, would=, milder= and exception= tell why, as in the line of a message.)"},
    {Event::signing_failed, "SIGNING_FAILED", Level::error, Flow::limited,
     R"(
A key that should have signed could not be used; the line says which file and why. The message is answered
451, so that it is not sent without the signature its domain promises, unless signing.missing_key is
unsigned. Correct the key; the sender will try again.)"},
    {Event::source_failing, "SOURCE_FAILS", Level::error, Flow::limited,
     R"(
A database or a directory with a table of keys does not answer, for the reason in the line. What it said
before goes on being used; mail of addresses that were not looked up yet is answered 451, unless
signing.missing_key is unsigned. It is asked again every few seconds.)"},
    {Event::source_answers, "SOURCE_ANSWERS", Level::notice, Flow::limited,
     "A database or a directory that did not answer does so again."},
    {Event::header_over_limit, "HEADER_LIMIT", Level::warning, Flow::limited,
     R"(
The header of a message is larger than `limits` allow. It is refused with 552, or put off with 451 if
limits.over_limit says so: a part that was not looked at could hide a forged field.)"},
    {Event::dns_budget_spent, "DNS_BUDGET", Level::warning, Flow::limited,
     R"(
Not all answers came within dns.message_budget. What is missing counts as a temporary error in the
results. If this is frequent, look at the nameservers.)"},
    {Event::dns_question_limit, "DNS_LIMIT", Level::warning, Flow::limited,
     R"(
One message needed more questions than dns.questions_per_message. The rest count as a temporary error.
Usually the sender does this on purpose.)"},
    {Event::resolver_warning, "RESOLVER", Level::warning, Flow::limited,
     "Trouble with the nameservers, as the line says."},
    {Event::internal_error, "INTERNAL", Level::error, Flow::limited,
     R"(
A defect or a lack of memory. The message is answered 451 and not accepted without a result, unless
on_internal_error says so. Please report it.)"},
    {Event::too_many_connections, "CONNECTIONS", Level::warning, Flow::limited,
     R"(
listen.max_connections are open, or as many as the system has descriptors and threads for; a further one
is answered 451.)"},
    {Event::overloaded, "OVERLOAD", Level::warning, Flow::limited,
     R"(
A limit of `limits` on what is done at the same time is reached, which the line names. The message is
answered 451; the sender will try again. If this is frequent, raise the limit or look at the nameservers.)"},
    {Event::draining, "DRAINING", Level::notice, Flow::each,
     "The daemon stops. Messages under way are finished, new connections are answered 451."},
    {Event::log_lost, "LOG_LOST", Level::warning, Flow::each,
     R"(
Log lines were thrown away because the log did not take them fast enough. Mail does not wait for the log.)"},
    {Event::milter_refused, "MTA", Level::error, Flow::limited,
     R"(
The MTA offers less than is needed, for example it does not let filters add header fields; or it went on
with another client on the same connection at a time when libmilter does not notice. Nothing can be done
for this connection.)"},
    {Event::edit_failed, "EDIT", Level::error, Flow::limited,
     R"(
The MTA did not take a change to the message. It is answered 451 so that it is not delivered without its
results.)"},
    {Event::header_mended, "MENDED", Level::warning, Flow::limited,
     R"(
Header fields of mail of our own held a line break that is no fold, which some mail programs take for the
end of a field and what follows for another one. A blank stands in its place now, and that is what was
signed. Postfix does the same by itself unless cleanup_replace_stray_cr_lf says otherwise.)"},
    {Event::fragile, "FRAGILE", Level::warning, Flow::limited,
     R"(
Mail of our own is signed, but mail servers on its way will probably change it, which breaks the signature.
The line says what is wrong with it and what to do; the guide on fragile messages has more. With
`signing.fragile: tempfail` it is answered 451 instead.)"},
    {Event::not_signed, "NOT_SIGNED", Level::warning, Flow::limited,
     R"(
Mail of our own is not signed although its author's domain is one that is signed for, or because its From
field does not tell whose it is. The line says why. It would be so at every further try, so the message is
not held back, unless `author.own_mail` says otherwise. Look for the program that writes such a From
field: receivers that ask for a signature refuse the mail.)"},
    {Event::reports_failing, "REPORTS_STORE", Level::error, Flow::limited,
     R"(
The store of counts for reports (`reports.store`), or the file for opendmarc-import (`reports.history_file`), cannot
be written, for the reason in the line. Mail goes on as before. What was counted stays in memory, as far as
reports.memory allows, and is tried again with every flush; it is lost if the daemon ends before.)"},
    {Event::reports_working, "REPORTS_STORED", Level::notice, Flow::limited,
     "The store of counts for reports, or the file for opendmarc-import, is written again, and has what was "
     "counted meanwhile."},
    {Event::reports_lost, "REPORTS_LOST", Level::warning, Flow::limited,
     R"(
Mail is not counted for reports, because there is no room in memory or in the store; the line tells which
setting says how much there is. The counters reports.dropped and history.dropped tell how many messages it was.)"},
    {Event::reports_set_aside, "REPORTS_DAMAGED", Level::error, Flow::each,
     R"(
The file with the counts for reports is no database, or a broken one. It was renamed as the line says, and a new
one begun. Reports of days that are only in the old file are not sent. Look at the disk.)"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].event) != i) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(), "describe() takes the event for the index");

} // namespace

const Entry& describe(Event event) {
    return entries.at(static_cast<std::size_t>(event));
}

std::span<const Entry> catalogue() {
    return entries;
}

} // namespace milter::log
