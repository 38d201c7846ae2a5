// main.cf and master.cf as they will be: postconf(1) works on copies, so that all is known before anything of
// Postfix is changed, and both files can be put in their places whole.
#pragma once

#include "config/import/import.h"
#include "milter/tool/import/backup.h"
#include "milter/tool/import/programs.h"

#include <map>
#include <string>
#include <vector>

namespace milter::tool::import {

struct EditedPostfix {
    std::map<std::string, std::string> files; // by path; links are followed, their files are changed
    std::vector<std::string> called_before{}; // addresses in smtpd_milters, as `paraph probe` takes them
    std::vector<std::string> called_after{};
};

// As the plan's postconf commands make them.
[[nodiscard]] Told<EditedPostfix> edited_postfix(const std::vector<config::import::Step>& steps,
                                                 const Backup& backup);

// A setting with all names in it replaced; empty: it is not set. `directory`: of other files than Postfix's
// own.
[[nodiscard]] std::string postfix_setting(const std::string& name, const std::string& directory = {});

// The addresses in smtpd_milters or non_smtpd_milters.
[[nodiscard]] std::vector<std::string> called_milters(const std::string& setting,
                                                      const std::string& directory = {});

} // namespace milter::tool::import
