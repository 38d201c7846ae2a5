// A password in a file, read when a connection begins and forgotten with it.
#pragma once

#include <string>

namespace keys::source {

class SecretFile {
  public:
    explicit SecretFile(const std::string& path);
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    ~SecretFile();

    // Without the line end.
    [[nodiscard]] const std::string& text() const { return text_; }
    // "/etc/paraph/password: Permission denied"; empty: it was read.
    [[nodiscard]] const std::string& problem() const { return problem_; }

  private:
    std::string text_;
    std::string problem_;
};

} // namespace keys::source
