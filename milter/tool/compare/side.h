// The two sides of a comparison: the old programs, one behind the other as Postfix calls them, and paraphd.
#pragma once

#include "config/import/import.h"
#include "milter/tool/compare/answer.h"
#include "milter/tool/compare/milter_instance.h"
#include "milter/tool/compare/policy_service.h"
#include "milter/tool/compare/private_folder.h"

#include <memory>
#include <string>
#include <vector>

namespace milter::tool::compare {

// A message on its way, with what its client says.
struct Visit {
    ProbeEnvelope envelope;
    const message::Message& message;
    std::size_t number = 0;
    bool asks_policy = true; // clients that are let in before are not asked about
};

// Adds what was to be written: edits are applied as a mail server does.
[[nodiscard]] message::Message with_edits(const message::Message& message, const ProbeResult& told);

class OldSide {
  public:
    struct Imported {
        const config::import::Inputs& inputs;
        const config::import::Outcome& outcome;
        const config::import::Files& files;
    };
    // Those that are imported and installed. `notes`: which were found and are not, or do not start.
    [[nodiscard]] static OldSide start(const Imported& imported, const PrivateFolder& folder,
                                       std::vector<std::string>& notes);

    // `left`: the message as it is afterwards.
    [[nodiscard]] Answer judge(const Visit& visit, message::Message& left);

    void ask_to_end();

    [[nodiscard]] bool has_opendkim() const { return opendkim_ != nullptr; }
    [[nodiscard]] bool has_opendmarc() const { return opendmarc_ != nullptr; }
    [[nodiscard]] bool has_policyd() const { return policyd_ != nullptr; }

  private:
    [[nodiscard]] bool ask_policy(const Visit& visit, message::Message& left, Answer& answer);
    [[nodiscard]] static bool offer(MilterInstance& milter, const std::string& name, const Visit& visit,
                                    message::Message& left, Answer& answer);

    std::unique_ptr<MilterInstance> opendkim_, opendmarc_;
    std::unique_ptr<PolicyService> policyd_;
};

class NewSide {
  public:
    // `config`: the path of a configuration that its user can read.
    [[nodiscard]] static base::Result<NewSide, std::string>
    start(const std::string& config, const PrivateFolder& folder, const std::string& room);

    [[nodiscard]] Answer judge(const Visit& visit, message::Message& left);

    void ask_to_end() { paraphd_->ask_to_end(); }

  private:
    explicit NewSide(std::unique_ptr<MilterInstance> paraphd) : paraphd_(std::move(paraphd)) {}

    std::unique_ptr<MilterInstance> paraphd_;
};

} // namespace milter::tool::compare
