// What the switch does to the world, behind an interface: a test can have any of it fail, or break off there.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace milter::tool::import {

using Done = base::Result<void, std::string>;
template <class T>
using Told = base::Result<T, std::string>;

struct FileState {
    bool there = false;
    std::string bytes{};
    mode_t mode = 0644;
    uid_t owner = 0;
    gid_t group = 0;

    bool operator==(const FileState&) const = default;
};

struct DirectoryState {
    std::string path;
    mode_t mode = 0755;
    uid_t owner = 0;
    gid_t group = 0;
};

// Whether a daemon runs, and whether it starts with the system.
struct UnitState {
    bool enabled = false;
    bool active = false;

    bool operator==(const UnitState&) const = default;
};

// Who reads files again when told so.
enum class Listener : std::uint8_t { service_manager, postfix };

// What has to hold before the next step; nothing of it is taken back.
enum class Check : std::uint8_t {
    configuration, // good, and the daemon's user can read what it names
    old_milters,   // what they do with a message is remembered, if they answer
    probe,         // paraphd answers, and signs as they did
    postfix,       // and fits to the settings of Postfix
    mail,          // goes through Postfix, both of its ways
};

class Hands {
  public:
    Hands() = default;
    Hands(const Hands&) = delete;
    Hands& operator=(const Hands&) = delete;
    virtual ~Hands() = default;

    [[nodiscard]] virtual Told<FileState> look(const std::string& path) = 0;
    // All of it or nothing, also when the power fails. What is not to be there is removed.
    [[nodiscard]] virtual Done put(const std::string& path, const FileState& state) = 0;
    // What a put() that was killed may have left beside the file.
    [[nodiscard]] virtual Done clean_up(const std::string& path) = 0;
    [[nodiscard]] virtual Done make_directory(const DirectoryState& directory) = 0;
    // One that is not empty stays.
    [[nodiscard]] virtual Done remove_directory(const std::string& path) = 0;
    [[nodiscard]] virtual Told<UnitState> unit(const std::string& name) = 0;
    // Each may be done a second time.
    [[nodiscard]] virtual Done set_unit(const std::string& name, const UnitState& state) = 0;
    [[nodiscard]] virtual Done tell(Listener listener) = 0;
    [[nodiscard]] virtual Done check(Check check) = 0;
    // How two texts differ, for people.
    [[nodiscard]] virtual std::string difference(const std::string& before, const std::string& after) = 0;

    // The backup: files of its own, and the journal.
    [[nodiscard]] virtual Done keep(const std::string& name, const std::string& bytes) = 0;
    [[nodiscard]] virtual Done save(const std::string& journal) = 0;

    // Somebody wants this to end (^C).
    [[nodiscard]] virtual bool is_stopped() = 0;
    virtual void say(const std::string& text) = 0;
    virtual void warn(const std::string& text) = 0;
};

} // namespace milter::tool::import
