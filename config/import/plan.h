// The steps of the switch: what an operator, or `--apply`, does in which order, each with what takes it back.
#pragma once

#include "config/import/import.h"
#include "config/import/sendmail_file.h"

#include <vector>

namespace config::import {

struct Switch {
    std::string out;
    std::string socket; // as paraph.yaml has it
    std::vector<PostfixChange> changes;
    std::vector<Daemon> daemons;
    std::vector<Daemon> in_the_way; // those of them at whose socket paraphd will listen
    bool has_postfix = false;
    std::vector<SendmailChange> sendmail{}; // empty: there is none
    bool is_written = false;                // paraph.yaml and the copies of the keys are there already
    bool copy_keys = false;
};

[[nodiscard]] std::vector<Step> plan(const Switch& made);

} // namespace config::import
