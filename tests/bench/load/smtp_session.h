// One SMTP session of one message, shown to a chain of filters as Postfix does: every event of the envelope
// to all of them in turn, the content to the first one completely, its edits applied, then to the next.
#pragma once

#include "bench/load/corpus.h"
#include "bench/load/event_loop.h"
#include "bench/load/filter_link.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace bench {

struct Load {
    std::vector<base::SocketName> filters;
    std::vector<std::string> expected; // texts that the fields the filters add must hold
    std::string client = "192.0.2.10";
    std::string client_name = "mx.sender.example";
    bool submission = false; // by an authenticated user
    std::chrono::milliseconds round_trip{0};
};

struct Timing {
    Clock::duration whole{}; // from MAIL FROM to the last verdict
    Clock::duration dot{};   // from the first octet of the content: what the client waits for
    bool as_expected = false;
    std::string added; // the fields that the filters added
};

class SmtpSession {
  public:
    SmtpSession(EventLoop& loop, const Load& load, const CorpusMessage& message);

    // Throws std::runtime_error when it cannot be brought to its end.
    Task<Timing> play();

  private:
    Task<bool> offer(const milter::tool::protocol::Event& event, std::string data);
    Task<bool> offer_envelope();
    Task<bool> offer_content(FilterLink& filter);
    Task<bool> offer_body(FilterLink& filter);
    void note_edits(const FilterLink& filter);
    [[nodiscard]] std::string connect_data() const;

    EventLoop& loop_;
    const Load& load_;
    const CorpusMessage& message_;
    Macros macros_;
    std::vector<std::unique_ptr<FilterLink>> filters_;
    std::vector<std::string> fields_;
    std::string added_;
};

} // namespace bench
