// Subcommands, from the command line to their output, over files in a directory of their own.
#pragma once

#include "milter/tool/run.h"
#include "support/catch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tool_test {

inline constexpr const char* mail =
    "From: Ann <ann@news.example.org>\nTo: bob@example.net\nSubject: hello\n\nHello.\n";
inline constexpr const char* zone = R"(example.org TXT "v=spf1 include:_spf.example.org -all"
_spf.example.org TXT "v=spf1 ip4:192.0.2.0/24 -all"
_dmarc.example.org TXT "v=DMARC1; p=none; sp=quarantine; np=reject; rua=mailto:d@example.org"
news.example.org A 192.0.2.80
)";

class Workspace {
  public:
    Workspace() {
        std::string name = (std::filesystem::temp_directory_path() / "paraph-tool-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        root_ = name;
        std::filesystem::permissions(
            root_, std::filesystem::perms(0755)); // a user paraph, if there is one, has to get at the keys
    }
    ~Workspace() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    std::string write(const std::string& name, std::string_view text) const {
        const std::filesystem::path file = root_ / name;
        std::ofstream(file, std::ios::binary) << text;
        std::filesystem::permissions(file, std::filesystem::perms::owner_read |
                                               std::filesystem::perms::owner_write);
        return file.string();
    }
    std::string path(const std::string& name) const { return (root_ / name).string(); }

  private:
    std::filesystem::path root_;
};

struct Ran {
    milter::tool::ExitCode code;
    std::string out;
    std::string err;
};

inline Ran run(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    milter::tool::Console console{in, out, err};
    const milter::tool::ExitCode code = milter::tool::run(arguments, console);
    return {code, out.str(), err.str()};
}

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace tool_test
