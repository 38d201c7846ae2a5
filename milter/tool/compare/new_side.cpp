#include "milter/tool/compare/side.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import/programs.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace milter::tool::compare {

namespace {

// The one beside this program, else the system's.
std::string program() {
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (const auto& path : {own / "paraphd", own.parent_path() / "sbin/paraphd"}) {
        if (!error && ::access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return import::find_program("paraphd");
}

} // namespace

base::Result<NewSide, std::string> NewSide::start(const std::string& config, const PrivateFolder& folder,
                                                  const std::string& room) {
    const std::string path = program(), socket = room + "/socket";
    if (path.empty()) {
        return base::refuse(std::string("there is no program paraphd here"));
    }
    const bool has_user = ::geteuid() == 0 && keys::find_account(daemon_user);
    Command command{.words = {path, "--config", config, "--socket", "unix:" + socket, "--log", "stderr",
                              "--settings-from-environment"},
                    .environment = {"PARAPH_LISTEN__CONTROL=", "PARAPH_LISTEN__SOCKET_GROUP=",
                                    "PARAPH_RELOAD__WATCH=0s", "PARAPH_LOG__LEVEL=error",
                                    "PARAPH_REPORTS__ENABLED=false", "PARAPH_REPORTS__HISTORY_FILE="},
                    .user = has_user ? daemon_user : "",
                    .log = folder.path() + "/paraphd.log"};
    auto started = MilterInstance::start(std::move(command), socket);
    if (!started) {
        return base::refuse("paraphd does not start: " + started.error());
    }
    return NewSide(std::move(*started));
}

Answer NewSide::judge(const Visit& visit, message::Message& left) {
    Answer answer;
    left = visit.message;
    const auto told = paraphd_->offer(visit.envelope, visit.message);
    if (!told) {
        answer.fate = Fate::fails;
        answer.text = "paraphd: " + told.error();
        return answer;
    }
    add_answer(*told, answer);
    left = with_edits(visit.message, *told);
    return answer;
}

} // namespace milter::tool::compare
