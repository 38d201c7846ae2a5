// A directory of this run's own, which is gone afterwards. Nobody else can list it. A daemon that runs as a
// user of its own has a directory in it that only this user gets into.
#pragma once

#include "base/result.h"
#include "keys/file_bytes.h"
#include "keys/ownership.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace milter::tool::compare {

class PrivateFolder {
  public:
    // Root's is in memory, below /run: there are copies of keys in it.
    [[nodiscard]] static base::Result<PrivateFolder, std::string> make();

    PrivateFolder(PrivateFolder&& other) noexcept
        : path_(std::move(other.path_)), locked_(std::move(other.locked_)) {
        other.path_.clear();
    }
    PrivateFolder& operator=(PrivateFolder&& other) = delete;
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;
    ~PrivateFolder();

    [[nodiscard]] const std::string& path() const { return path_; }
    // Removes those that a run left which was killed, with copies of keys. Their paths.
    [[nodiscard]] static std::vector<std::string> remove_left();
    // With all that is in it, also what somebody who was just killed still writes.
    static void remove(const std::string& path);
    // A directory in it that belongs to `owner`, none: to this process. Its path.
    [[nodiscard]] base::Result<std::string, std::string>
    make_room(const std::string& name, const std::optional<keys::Account>& owner) const;

    // Gives a room away; what is in it stays as it is.
    [[nodiscard]] static base::Result<void, std::string> hand_over(const std::string& room,
                                                                   const keys::Account& owner);

  private:
    PrivateFolder(std::string path, std::unique_ptr<keys::Descriptor> locked)
        : path_(std::move(path)), locked_(std::move(locked)) {}

    std::string path_;
    std::unique_ptr<keys::Descriptor> locked_; // nobody clears it away meanwhile
};

} // namespace milter::tool::compare
