// A step of the switch: does something, and takes it back. Both may be done twice, and taking back works on
// what was done in part or not at all: what is there is compared with what was, and with what was put there.
#pragma once

#include "milter/tool/import/hands.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace milter::tool::import {

class Step {
  public:
    Step() = default;
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    virtual ~Step() = default;

    // "/etc/postfix/main.cf", "opendkim stops and does not start again": what is told while it is done.
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual Done perform(Hands& hands) const = 0;
    [[nodiscard]] virtual Done undo(Hands& hands) const = 0;
    // What somebody has changed since, and undo() would lose. Empty: nothing.
    [[nodiscard]] virtual Told<std::string> changed_since(Hands& hands) const;
    // Files of the backup that undo() needs; nothing is done before all of them are on the disk.
    [[nodiscard]] virtual Done keep(Hands& hands) const;
    // Whether it changes which milters Postfix calls.
    [[nodiscard]] virtual bool says_who_is_called() const;
    [[nodiscard]] virtual nlohmann::ordered_json record() const = 0;
};

using Steps = std::vector<std::unique_ptr<Step>>;

struct FileChange {
    std::string path;
    FileState before;
    FileState after;
    bool is_secret = false; // the backup gets no copy of what is put there
    bool is_own = false; // one of paraph's, whose changes keep nobody from going back: a copy of them is kept
    std::string kept{};  // the name of the copy in the backup
};
[[nodiscard]] std::unique_ptr<Step> file_step(FileChange change);
// One that is not there yet.
[[nodiscard]] std::unique_ptr<Step> directory_step(DirectoryState directory);

struct UnitChange {
    std::string name;
    UnitState before;
    UnitState after;
};
[[nodiscard]] std::unique_ptr<Step> unit_step(UnitChange change);

// Told when it is done, or when it is taken back: steps are undone backwards, so that a listener needs one of
// each around the files that it reads.
enum class When : std::uint8_t { forward, backward };
[[nodiscard]] std::unique_ptr<Step> tell_step(Listener listener, When when);
[[nodiscard]] std::unique_ptr<Step> check_step(Check check);

// From record(). `kept` reads a file of the backup.
using Kept = std::function<Told<std::string>(const std::string& name)>;
[[nodiscard]] Told<std::unique_ptr<Step>> read_step(const nlohmann::ordered_json& record, const Kept& kept);

} // namespace milter::tool::import
