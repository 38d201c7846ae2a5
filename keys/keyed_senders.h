// Who may write what in From, in a source that is asked for one name at a time.
//
// A row has addresses and domains as a file of senders has them, with commas or blanks between them, in any
// number of columns and rows. As in a file all rows that fit count: those of the login, those of
// `*@DOMAIN` for every login there, and those of `*`. A client is asked for by its address and by the blocks
// that it is in (192.0.2.0/24).
#pragma once

#include "keys/keyed_tables.h"
#include "keys/sender_table.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

class KeyedSenderTable : public SenderSource {
  public:
    KeyedSenderTable(const source::Options& options, std::shared_ptr<source::News> news);

    [[nodiscard]] Answer of_login(std::string_view login) const override;
    [[nodiscard]] Answer of_client(const base::IpAddress& client) const override;

    [[nodiscard]] const KeyedSource& source() const { return source_; }
    // Why not all is well, or nothing.
    [[nodiscard]] std::vector<Problem> probe(const Reader& reader) const;

  private:
    [[nodiscard]] Answer ask(const std::vector<std::string>& forms) const;

    KeyedSource source_;
};

// The forms in which they are looked up.
[[nodiscard]] std::vector<std::string> login_forms(std::string_view login);
[[nodiscard]] std::vector<std::string> client_forms(const base::IpAddress& client);

} // namespace keys
