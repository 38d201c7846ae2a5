// Counts a message by the same facts that its line in the log is made from.
#pragma once

#include "authenticate/policyd.h"
#include "milter/record/counters.h"
#include "milter/record/message_facts.h"

namespace milter::record {

void tally(const MessageFacts& facts, Counters& counters);

// A recipient that was answered by policyd-spf's switches, if anything spoke against the message.
void tally(const authenticate::PolicydOutcome& outcome, Counters& counters);

} // namespace milter::record
