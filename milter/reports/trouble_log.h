// Tells the log of a file or database that cannot be written: one line where trouble begins, one where it is
// over, and one where messages are lost meanwhile, however many rounds that takes. Used by one thread.
#pragma once

#include "milter/log/logger.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace milter::reports {

class TroubleLog {
  public:
    struct Words {
        std::string_view works_again;
        std::string_view no_room;
    };

    // The words must outlive the object.
    TroubleLog(log::Logger& logger, Words words) : logger_(logger), words_(words) {}

    // Messages for which there was no room in memory.
    void lose(std::int64_t messages);
    // At the end of a round; null: it works.
    void end_round(const std::string* problem);

  private:
    log::Logger& logger_;
    Words words_;
    bool failing_ = false;
    bool losing_ = false; // a line has told of it
    bool lost_ = false;   // in this round
};

} // namespace milter::reports
