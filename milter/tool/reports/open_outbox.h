// The store of the configuration, with what is planned in it.
#pragma once

#include "config/settings.h"
#include "milter/tool/command.h"
#include "milter/tool/reports/outbox.h"

#include <memory>

namespace milter::tool::reports {

class OpenOutbox {
  public:
    // There has to be a store: the daemon makes it.
    [[nodiscard]] static Result<OpenOutbox> open(const config::Settings& settings);
    // Of a store that is not there yet an empty one is made first, into which the daemon counts.
    [[nodiscard]] static Result<OpenOutbox> open_or_make(const config::Settings& settings);

    // False before the daemon counted a first message: a file that is not there yet.
    [[nodiscard]] static bool is_there(const config::Settings& settings);

    [[nodiscard]] Outbox& outbox() { return *outbox_; }

  private:
    OpenOutbox(std::unique_ptr<Database> database, std::unique_ptr<Database> locks)
        : database_(std::move(database)), locks_(std::move(locks)),
          outbox_(std::make_unique<Outbox>(*database_, locks_.get())) {}

    std::unique_ptr<Database> database_, locks_;
    std::unique_ptr<Outbox> outbox_;
};

// What the store said, as a reason why a subcommand could not do its work.
[[nodiscard]] inline auto fail_for(const milter::reports::Failure& failure) {
    return fail(failure.kind == milter::reports::Failure::Kind::passing ? ExitCode::temporary
                                                                        : ExitCode::config,
                "the store of reports: " + failure.text);
}

} // namespace milter::tool::reports
