// A message that failed, for whoever reports about it. It lives as long as what it is made of.
#pragma once

#include "milter/record/failure_reader.h"
#include "milter/runtime/runtime.h"
#include "milter/session/inbound.h"

#include <string>
#include <utility>
#include <vector>

namespace milter::session {

class FailedMail final : public record::FailedMail {
  public:
    FailedMail(const runtime::Runtime& runtime, std::string authserv_id, const message::HeaderList& headers,
               const authenticate::Verdict& verdict, const std::vector<std::string>& recipients,
               Inbound& inbound)
        : runtime_(runtime), authserv_id_(std::move(authserv_id)), headers_(headers), verdict_(verdict),
          recipients_(recipients), inbound_(inbound) {}

    [[nodiscard]] const message::HeaderList& headers() const override { return headers_; }
    [[nodiscard]] bool is_hosted() const override;
    [[nodiscard]] std::vector<report::SpfRecord> spf_records() const override;
    [[nodiscard]] std::string authserv_id() const override { return authserv_id_; }
    [[nodiscard]] std::string host() const override { return runtime_.host_name; }

  private:
    [[nodiscard]] bool has_recipient_at(const base::DomainName& domain) const;
    [[nodiscard]] bool is_signed_for(const message::Mailbox& author) const;

    const runtime::Runtime& runtime_;
    std::string authserv_id_;
    const message::HeaderList& headers_;
    const authenticate::Verdict& verdict_;
    const std::vector<std::string>& recipients_;
    Inbound& inbound_;
};

} // namespace milter::session
