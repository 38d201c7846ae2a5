// Where the answers to an evaluator's questions come from: the DNS, or a file.
#pragma once

#include "dns/answers.h"
#include "dns/questions.h"
#include "milter/resolver/resolver.h"
#include "milter/threads/lock_guarded.h"
#include "milter/tool/command.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

class AnswerSource {
  public:
    virtual ~AnswerSource() = default;

    // Adds an answer for every question, or says which one cannot be had.
    [[nodiscard]] virtual Result<void> answer(const dns::Questions& questions, dns::Answers& known) = 0;

    // What comes now is another matter, with a time of its own; at most `limit`, if there is one.
    virtual void begin_anew(std::optional<std::chrono::milliseconds> limit) { (void)limit; }

    // What the operator should know about the source itself, such as a name server that refuses.
    [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

// A question that the file does not answer ...
enum class Missing {
    refuse,  // is an error that names the question
    no_name, // is NXDOMAIN
    no_data, // is NODATA
    fail,    // is a timeout
    zone, // is NODATA where the file has something at or below the name, else NXDOMAIN: the file is the whole
          // world
};

class FileSource final : public AnswerSource {
  public:
    FileSource(dns::Answers answers, Missing missing, std::string name);

    [[nodiscard]] Result<void> answer(const dns::Questions& questions, dns::Answers& known) override;

  private:
    [[nodiscard]] Result<dns::Answer> look_up(const dns::Question& question) const;
    [[nodiscard]] const std::string* alias_of(const dns::Question& question) const;
    [[nodiscard]] Result<dns::Answer> substitute(const dns::Question& question) const;
    [[nodiscard]] bool exists(const std::string& name) const;

    dns::Answers answers_;
    Missing missing_;
    std::string name_;
};

// The daemon's own resolver, asked for all questions of a round at once. What has no answer `budget` after
// the first question is answered with a timeout, as in the daemon.
class DnsSource final : public AnswerSource {
  public:
    DnsSource(const resolver::Options& options, std::chrono::milliseconds budget);

    [[nodiscard]] Result<void> answer(const dns::Questions& questions, dns::Answers& known) override;
    void begin_anew(std::optional<std::chrono::milliseconds> limit) override {
        deadline_.reset();
        limit_ = limit.value_or(budget_);
    }
    [[nodiscard]] std::vector<std::string> warnings() const override;

  private:
    // The resolver's thread adds to them.
    using Heard = threads::LockGuarded<std::vector<std::string>>;

    [[nodiscard]] static resolver::Options listening(resolver::Options options, Heard& heard);

    mutable Heard heard_;
    std::chrono::milliseconds budget_;
    std::chrono::milliseconds limit_; // of the matter at hand
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    resolver::CachingResolver resolver_;
};

} // namespace milter::tool
