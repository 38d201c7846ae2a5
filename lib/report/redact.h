// The header of a message without what is personal in it (RFC 6590): the local-part of each address becomes a
// word that only this site can make of it, and always the same one of an address, so that a reader can still
// see that two reports are about one sender. The domain is part of what the word is made of: who is told the
// words of his own domain learns nothing about another. Display names, recipients and fields that tell
// nothing about authentication are left out.
#pragma once

#include "message/header_list.h"

#include <string>
#include <string_view>

namespace report {

class Redactor {
  public:
    // The key: a secret of the site.
    explicit Redactor(std::string key) : key_(std::move(key)) {}

    // 16 letters and digits.
    [[nodiscard]] std::string word(std::string_view local_part, std::string_view domain) const;
    // "<WORD@example.org>" of a path or an address; "<>" of nobody and of what is no address.
    [[nodiscard]] std::string path(std::string_view text) const;
    // "WORD@example.org", "@example.org" of i= (RFC 6376 3.5), decoded; empty of what is no address.
    [[nodiscard]] std::string identity(std::string_view text) const;
    // Text with the addresses in it redacted, see find_address(), and "hxxp" in place of "http".
    [[nodiscard]] std::string text(std::string_view text) const;
    // Of the Subject, encoded words read: as text().
    [[nodiscard]] std::string subject(const message::HeaderList& headers) const;
    // The fields that are passed on, each with its CRLF. No line has more octets than a mail may have.
    [[nodiscard]] std::string header(const message::HeaderList& headers) const;

  private:
    [[nodiscard]] std::string addresses(std::string_view body) const;
    [[nodiscard]] std::string message_id(std::string_view body) const;
    [[nodiscard]] std::string body_of(const message::HeaderField& field,
                                      const message::HeaderList& headers) const;

    std::string key_;
};

} // namespace report
