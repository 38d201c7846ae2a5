// Where the record of a key has gone, and whose the record is that stands in its place.
#pragma once

#include "milter/tool/live_record.h"
#include "milter/tool/named_key.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace milter::tool {

class RecordSearch {
  public:
    // `all`: every key that there is; it outlives this object.
    RecordSearch(AskAll ask_all, const std::vector<NamedKey>& all);

    // What may have happened, in words, to the record of a key whose p= should be `whole`.
    [[nodiscard]] std::vector<std::string> explain(const NamedKey& name, const std::string& whole,
                                                   const LiveRecord& live) const;

  private:
    [[nodiscard]] std::string owner_of(const std::string& published, const NamedKey& name) const;
    [[nodiscard]] std::vector<std::string> other_names(const NamedKey& name) const;
    void look_elsewhere(const NamedKey& name, const std::string& whole, const ServerView& server,
                        std::vector<std::string>& found) const;

    AskAll ask_all_;
    std::unordered_multimap<std::string, const NamedKey*> by_domain_;
};

} // namespace milter::tool
