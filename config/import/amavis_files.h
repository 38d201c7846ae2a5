// What amavis's configuration says of signing. It is Perl, of which only a few statements are looked for:
//
//     $enable_dkim_signing = 1;
//     dkim_key('example.org', 'dkim', '/var/lib/dkim/example.org.pem');
#pragma once

#include "config/import/files.h"
#include "config/import/finding.h"
#include "config/import/perl_code.h"

#include <optional>
#include <set>
#include <string>

namespace config::import {

class AmavisFiles {
  public:
    explicit AmavisFiles(const Files& files) : files_(files) {}

    // All that amavis reads by itself, in its order, and what these name.
    void read();

    // The first one that cannot be read: without it nobody knows whether mail is signed.
    [[nodiscard]] const std::optional<UnreadFile>& unread() const { return unread_; }
    // Where the first key is; nothing: it does not sign.
    [[nodiscard]] std::optional<Place> key() const;

  private:
    void read_file(const std::string& path);
    void read_named(const PerlWord& word);

    const Files& files_;
    std::set<std::string> seen_;
    std::optional<UnreadFile> unread_;
    std::optional<Place> key_;
    bool for_all_ = false; // as amavis has it by itself
    bool in_a_bank_ = false;
};

} // namespace config::import
