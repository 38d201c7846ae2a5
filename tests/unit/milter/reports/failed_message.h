// What the collector of failure reports asks of a message.
#pragma once

#include "milter/record/failure_reader.h"

#include <string>
#include <vector>

namespace reports_test {

class FailedMessage final : public milter::record::FailedMail {
  public:
    [[nodiscard]] const message::HeaderList& headers() const override { return list; }
    [[nodiscard]] bool is_hosted() const override {
        ++asked;
        return hosted;
    }
    [[nodiscard]] std::vector<report::SpfRecord> spf_records() const override { return {}; }
    [[nodiscard]] std::string authserv_id() const override { return "mx.test"; }
    [[nodiscard]] std::string host() const override { return "mx.test"; }

    message::HeaderList list;
    bool hosted = false;
    mutable int asked = 0;
};

} // namespace reports_test
