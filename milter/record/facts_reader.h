// Somebody who is told of every message once it is decided what becomes of it.
#pragma once

#include "config/report_settings.h"
#include "milter/record/message_facts.h"

namespace milter::record {

class FactsReader {
  public:
    FactsReader() = default;
    virtual ~FactsReader() = default;
    FactsReader(const FactsReader&) = delete;
    FactsReader& operator=(const FactsReader&) = delete;

    // Whether it has a use for messages under these settings; others are not told.
    [[nodiscard]] virtual bool is_on(const config::Reports& settings) const = 0;
    // On the thread of the message, which waits meanwhile; from several at a time.
    virtual void read(const MessageFacts& facts) = 0;
};

} // namespace milter::record
