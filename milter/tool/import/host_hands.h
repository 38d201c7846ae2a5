// The hands of the switch on this host.
#pragma once

#include "milter/tool/command.h"
#include "milter/tool/import/backup.h"
#include "milter/tool/import/offered_messages.h"

#include <string>
#include <vector>

namespace milter::tool::import {

class HostHands final : public Hands {
  public:
    HostHands(const Backup& backup, Console& console);

    [[nodiscard]] Told<FileState> look(const std::string& path) override;
    [[nodiscard]] Done put(const std::string& path, const FileState& state) override;
    [[nodiscard]] Done clean_up(const std::string& path) override;
    [[nodiscard]] Done make_directory(const DirectoryState& directory) override;
    [[nodiscard]] Done remove_directory(const std::string& path) override;
    [[nodiscard]] Told<UnitState> unit(const std::string& name) override;
    [[nodiscard]] Done set_unit(const std::string& name, const UnitState& state) override;
    [[nodiscard]] Done tell(Listener listener) override;
    [[nodiscard]] Done check(Check check) override;
    [[nodiscard]] std::string difference(const std::string& before, const std::string& after) override;
    [[nodiscard]] Done keep(const std::string& name, const std::string& bytes) override;
    [[nodiscard]] Done save(const std::string& journal) override;
    [[nodiscard]] bool is_stopped() override;
    void say(const std::string& text) override;
    void warn(const std::string& text) override;

    // What Postfix calls today, and will call. What is replaced is asked before it is stopped.
    void set_milters(std::vector<std::string> before, std::vector<std::string> after) {
        called_before_ = std::move(before);
        called_after_ = std::move(after);
    }

  private:
    [[nodiscard]] Done check_configuration();
    [[nodiscard]] Done remember_old_milters();
    [[nodiscard]] Done probe();
    [[nodiscard]] Done check_postfix();
    [[nodiscard]] Done try_mail();
    [[nodiscard]] bool logs_messages() const;

    const Backup& backup_;
    Console& console_;
    std::vector<std::string> called_before_, called_after_;
    Signatures signed_before_;
};

// ^C and the end of the terminal do not end this process any more, but are told by is_stopped().
// `also` is called by the handler.
void hold_back_signals(void (*also)() = nullptr);
[[nodiscard]] bool is_stop_wanted();

} // namespace milter::tool::import
