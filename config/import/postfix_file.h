// main.cf and master.cf of Postfix, as far as they say how it calls the programs that are imported.
#pragma once

#include "config/import/finding.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct PostfixValue {
    std::string text; // as it is written, on one line
    Place place;
};

struct PostfixService {
    std::string name; // "submission", "127.0.0.1:10025", "policyd-spf"
    std::string type; // "inet"
    std::string command;
    std::string chroot;                                         // "y", "n" or "-"
    std::map<std::string, PostfixValue, std::less<>> overrides; // of -o
    std::vector<std::string> argv;                              // of spawn(8) and pipe(8), behind argv=
    Place place;

    // As postconf(1) names it: "submission/inet".
    [[nodiscard]] std::string id() const { return name + "/" + type; }
};

class PostfixFiles {
  public:
    // main.cf: a value goes on in lines that begin with a blank; of two of a name the last one counts.
    void read_main(std::string_view text, const std::string& file);
    void read_master(std::string_view text, const std::string& file);

    [[nodiscard]] bool has_main() const { return !main_.empty(); }
    [[nodiscard]] const std::map<std::string, PostfixValue, std::less<>>& main() const { return main_; }
    [[nodiscard]] const std::vector<PostfixService>& services() const { return services_; }
    // Null: not set.
    [[nodiscard]] const PostfixValue* find(std::string_view name) const;
    // With what references stand for; what is not set stays as it is written.
    [[nodiscard]] std::string expand(std::string_view text) const;
    [[nodiscard]] std::string value_of(std::string_view name) const;
    // Whether what calls milters sees the queue directory alone.
    [[nodiscard]] bool is_in_chroot() const;

  private:
    std::map<std::string, PostfixValue, std::less<>> main_;
    std::vector<PostfixService> services_;
};

// Items of a list, parted by blanks and commas; what stands in braces is one.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

} // namespace config::import
