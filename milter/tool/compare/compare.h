// paraph import --compare: messages played through the old programs and through paraphd, and what differs.
//
// All of them run for this comparison alone, with copies of their configurations, in a directory that is gone
// afterwards. Nothing that runs on this host is touched, and no mail is sent.
#pragma once

#include "config/import/find_inputs.h"
#include "milter/tool/command.h"
#include "milter/tool/import_files.h"

#include <string>

namespace milter::tool::compare {

struct Task {
    std::string messages; // a number, an mbox or a directory
    std::string config;   // of paraphd; empty: the one that the import makes
    bool json = false;
};

// `found` when a difference has no known reason, or one of the old programs could not be asked.
[[nodiscard]] Result<ExitCode> compare_all(const Task& task, const config::import::Inputs& inputs,
                                           const HostFiles& files, Console& console);

} // namespace milter::tool::compare
