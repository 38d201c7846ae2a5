// An import as a whole: from the files of the old programs to a configuration, a report and the steps of the
// switch. It touches no disk; what it made is a value, which the tool prints, writes and carries out.
#pragma once

#include "config/import/finding.h"
#include "config/import/job.h"
#include "config/import/other_signers.h"
#include "config/import/postfix.h"

#include <optional>
#include <string>
#include <vector>

namespace config::import {

struct Text {
    std::string path;
    std::string text;
};

// What was found on the host, or named.
struct Inputs {
    std::optional<Text> opendkim;
    std::optional<Text> opendmarc;
    std::optional<Text> policyd;
    std::vector<Text> opendkim_units{}; // the unit, then its drop-ins in their order
    std::vector<Text> opendmarc_units{};
    std::optional<Text> opendkim_defaults{}; // /etc/default/opendkim, /etc/sysconfig/opendkim
    std::optional<Text> opendmarc_defaults{};
    std::optional<Text> main_cf{};
    std::optional<Text> master_cf{};
    std::optional<Text> sendmail_mc{}; // where there is no main.cf
    std::vector<OtherSigner> other_signers{};
    bool opendmarc_is_named = false; // on the command line: it counts, called by Postfix or not
    bool policyd_is_named = false;
    std::string out = "/etc/paraph";
    bool copy_keys = false;
    bool is_written = false; // the caller writes what is made, so that this is no step any more
};

// One step of the switch, in its order.
struct Step {
    std::string why;
    std::vector<std::string> command{};
    std::vector<std::string> undo{}; // what takes it back; empty: nothing is to be taken back
    std::string file{};              // or a file that is to be written, and its text
    std::string text{};              // without a file: for an editor
};

struct Outcome {
    std::string settings; // paraph.yaml; empty: there is none, see the problems
    std::vector<NewFile> files{};
    std::vector<UsedKey> keys{};
    std::vector<Finding> findings{}; // in the order of their effects
    std::vector<Problem> problems{};
    std::vector<Step> steps{};
    std::vector<std::string> read{}; // the files that counted
    Counts counts{};
    std::vector<Daemon> daemons{};
    std::vector<Daemon> not_called{}; // found, and left out because Postfix does not ask them
    // Who signs today while opendkim is not asked, so that the switch would make a second signature.
    std::optional<OtherSigner> signs_instead{};
    std::vector<OtherSigner> other_signers{};

    // Whether something of the old configuration is not in the new one.
    [[nodiscard]] bool is_complete() const;
};

[[nodiscard]] Outcome import(const Inputs& inputs, const Files& files);

} // namespace config::import
