// Files for a test, in a directory of their own that vanishes with it.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

class TemporaryTree {
  public:
    TemporaryTree() : root_(make_root()) {}
    TemporaryTree(const TemporaryTree&) = delete;
    TemporaryTree& operator=(const TemporaryTree&) = delete;
    ~TemporaryTree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    [[nodiscard]] const std::string& root() const { return root_; }
    // The absolute path of a file or directory in the tree.
    [[nodiscard]] std::string path(std::string_view name) const { return root_ + "/" + std::string(name); }
    // Makes the directories above it, too. Returns its path.
    std::string write(std::string_view name, std::string_view text) const {
        const std::filesystem::path target = path(name);
        std::filesystem::create_directories(target.parent_path());
        std::ofstream(target, std::ios::binary) << text;
        return target.string();
    }

  private:
    // Not random: what looks like a piece of a key is not shown in the messages that tests look for.
    static std::string make_root() {
        static std::atomic<unsigned> count{0};
        const auto parent = std::filesystem::temp_directory_path();
        while (true) {
            auto path =
                (parent / ("paraph-test-" + std::to_string(::getpid()) + '-' + std::to_string(++count)));
            if (::mkdir(path.c_str(), 0700) == 0) {
                return path.string();
            }
            if (errno != EEXIST) {
                throw std::runtime_error("cannot make a temporary directory");
            }
        }
    }

    std::string root_;
};
