// The files of an import on this host, or below the directory where another system is mounted.
#pragma once

#include "config/import/files.h"

namespace milter::tool {

class HostFiles : public config::import::Files {
  public:
    // `root`: empty, or a directory that stands for `/`.
    explicit HostFiles(std::string root) : root_(std::move(root)) {}

    [[nodiscard]] base::Result<std::string, std::string> read(const std::string& path) const override;
    [[nodiscard]] bool exists(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> names_in(const std::string& directory) const override;

    // Where it lies as seen from here.
    [[nodiscard]] std::string place_of(const std::string& path) const { return root_ + path; }

  private:
    std::string root_;
};

} // namespace milter::tool
