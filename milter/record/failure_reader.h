// Somebody who is told of messages whose author's domain asks for a report about their failure (RFC 9991).
#pragma once

#include "base/domain_name.h"
#include "message/header_list.h"
#include "milter/record/message_facts.h"
#include "report/failure.h"
#include "report/spf_dns.h"

#include <string>
#include <vector>

namespace milter::record {

// What is there only as long as the message is, and not asked for where nobody is to have a report.
class FailedMail {
  public:
    FailedMail() = default;
    virtual ~FailedMail() = default;
    FailedMail(const FailedMail&) = delete;
    FailedMail& operator=(const FailedMail&) = delete;

    [[nodiscard]] virtual const message::HeaderList& headers() const = 0;
    // Whether the author's domain is one of ours. It may take a question to a source of keys.
    [[nodiscard]] virtual bool is_hosted() const = 0;
    // Of the MAIL FROM domain.
    [[nodiscard]] virtual std::vector<report::SpfRecord> spf_records() const = 0;
    [[nodiscard]] virtual std::string authserv_id() const = 0;
    [[nodiscard]] virtual std::string host() const = 0; // ours
};

class FailureReader {
  public:
    FailureReader() = default;
    virtual ~FailureReader() = default;
    FailureReader(const FailureReader&) = delete;
    FailureReader& operator=(const FailureReader&) = delete;

    // On the thread of the message, which waits meanwhile; from several at a time.
    virtual void read(const MessageFacts& facts, const report::Failure& failure, const FailedMail& mail) = 0;
};

} // namespace milter::record
