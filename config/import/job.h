// One daemon's options on their way into the draft: those that a step has taken, and the rest, of which the
// table of options knows what to say.
#pragma once

#include "config/import/draft.h"
#include "config/import/files.h"
#include "config/import/option_table.h"
#include "config/import/options.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct ReadSet;
struct SetItem;

// How many options that the files give have which fate.
struct Counts {
    std::size_t carried = 0, same = 0, replaced = 0, dropped = 0;
};

// A private key that the old configuration signs with, where it lies.
struct UsedKey {
    std::string path;
    Place place;
    std::string copy; // where it is copied to; empty: it stays
};

// A file that goes beside paraph.yaml.
struct NewFile {
    std::string path;
    std::string text;
    bool secret = false; // it holds a password
};

// What is made of all daemons together.
struct Work {
    const Files& files;
    std::string out = "/etc/paraph"; // where paraph.yaml and what goes with it will be
    bool copy_keys = false;
    bool checks_elsewhere = false; // opendmarc or policyd-spf is in use
    bool checks_spf = false;       // policyd-spf is in use
    bool signs = false;            // there are keys
    bool has_postfix = false;
    bool in_chroot = false; // smtpd of Postfix sees its queue directory alone
    std::vector<UsedKey> keys{};
    std::vector<NewFile> new_files{};
    std::vector<std::string> ids{};   // authserv-ids of the old daemons, the first one counts
    std::vector<std::string> strip{}; // and of others whose results are removed
    Place strip_place{};
    Draft draft{};
    std::vector<Finding> findings{};
    std::vector<Problem> problems{};
    Counts counts{};
};

class Job {
  public:
    Job(Daemon daemon, const Options& options, Work& work);

    // The last one of that name; null: not given.
    [[nodiscard]] const Option* find(std::string_view name) const;
    [[nodiscard]] bool is_yes(std::string_view name) const;

    [[nodiscard]] Work& work() { return work_; }
    [[nodiscard]] Draft& draft() { return work_.draft; }
    [[nodiscard]] const Files& files() const { return work_.files; }

    void tell(Effect effect, const Option& option, std::string text);
    void tell(Effect effect, std::string text); // of the file as a whole
    // To the setting; false: it cannot be, and that was told.
    bool set(const Option& option, std::string_view path, std::string_view value);
    void set_list(const Option& option, std::string_view path, const std::vector<std::string>& items);
    // The same where the option is given, as it is written; true, false, or a number of seconds with a unit.
    void carry(std::string_view name, std::string_view path);
    void carry_truth(std::string_view name, std::string_view path);
    void carry_seconds(std::string_view name, std::string_view path);
    // What stands in a data set; none: it was told why. `base`: where relative paths start.
    [[nodiscard]] std::optional<std::vector<SetItem>> items_of(const Option& option);
    // "refile: /path", which OpenDKIM does not start with.
    void tell_of_blank(const Option& option, const ReadSet& read);

    void set_base(const std::string& directory) { base_ = directory; }
    [[nodiscard]] const std::string& base() const { return base_; }
    [[nodiscard]] Place whole() const { return {file_, 0, 0}; }

    // Nothing more is to be said of it.
    void silence(std::string_view name) { silent_.emplace(name); }
    // What is left: unknown names, and what the table has to say.
    void finish();

  private:
    void finish(const Option& option);

    Daemon daemon_;
    Work& work_;
    std::string file_;
    std::string base_ = "/";
    std::vector<Option> last_;                   // of each name the last one, in the order of the file
    std::map<std::string, std::size_t> by_name_; // in lower case, but for policyd-spf
    std::set<std::string, std::less<>> silent_;
    std::vector<std::pair<Option, Option>> doubled_; // the first, and the one that counts
};

// strtol(3) with any base: "007" and "7", "0x1f"; nothing where it is no number.
[[nodiscard]] std::optional<unsigned long> read_number(std::string_view text);

} // namespace config::import
