// The configuration that an import makes: settings with the lines that they come from, written as a file with
// comments.
#pragma once

#include "config/import/finding.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct DraftKey {
    std::string selector;
    std::string file;
};

class Draft {
  public:
    // By its dotted path. What the setting cannot hold is refused with a reason. A value that is set again
    // takes the place of the first.
    [[nodiscard]] std::optional<std::string> set(std::string_view path, std::string_view value,
                                                 const Place& place, std::string_view option);
    void forget(std::string_view path) { settings_.erase(std::string(path)); }
    // Of a list; an item that is refused leaves out that item alone, and is told.
    struct Refused {
        std::string item;
        std::string reason;
    };
    [[nodiscard]] std::vector<Refused> set_list(std::string_view path, const std::vector<std::string>& items,
                                                const Place& place, std::string_view option);
    // A section that works by being there.
    void open(std::string_view section, const Place& place, std::string_view option);
    [[nodiscard]] bool has(std::string_view path) const { return settings_.contains(std::string(path)); }

    // As YAML has it, without quotation marks around it.
    [[nodiscard]] std::optional<std::string> value_of(std::string_view path) const;

    // Below `domains:`; refused with a reason. Of two entries of a domain the first one counts.
    [[nodiscard]] std::optional<std::string> add_domain(std::string_view domain, bool subdomains,
                                                        const DraftKey& key, const Place& place);
    [[nodiscard]] std::optional<std::string> set_default(const std::string& table, const DraftKey& key,
                                                         const Place& place);

    struct Line {
        std::string name;
        std::string yaml;
    };
    // Below `sources: NAME:`.
    void add_source(const std::string& name, const std::vector<Line>& lines, const Place& place,
                    std::string_view option);
    // One of `policy.exceptions`.
    void add_exception(const std::vector<Line>& lines, const Place& place, std::string_view option);
    void add_key_fields(const std::vector<std::string>& fields, const Place& place);

    [[nodiscard]] std::string print(std::string_view introduction) const;

  private:
    struct Entry {
        std::string yaml;
        std::string comment;
    };
    struct Domain {
        bool subdomains = false;
        DraftKey key;
        std::string comment;
    };
    struct Block {
        std::string name; // empty: an item of a list
        std::vector<Line> lines;
        std::string comment;
    };

    [[nodiscard]] std::string section(std::string_view name) const;
    [[nodiscard]] std::string settings_of(std::string_view section, std::string_view indent) const;
    [[nodiscard]] std::string print_domains() const;

    std::map<std::string, Entry> settings_;
    std::map<std::string, std::string> opened_; // with their comments
    std::vector<std::pair<std::string, Domain>> domains_;
    std::optional<Block> default_;
    std::vector<Block> sources_;
    std::vector<Block> exceptions_;
    std::optional<Block> key_fields_;
};

// A text as YAML that reads back as the same; nothing where YAML cannot hold it.
[[nodiscard]] std::optional<std::string> as_yaml(std::string_view text);
[[nodiscard]] std::string as_yaml_list(const std::vector<std::string>& texts);

} // namespace config::import
