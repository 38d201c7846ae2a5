// One outbound message: which keys sign it, and the signatures.
#pragma once

#include "authres/own_result.h"
#include "dkim/body_hash.h"
#include "message/body_scan.h"
#include "message/fragile.h"
#include "message/from.h"
#include "milter/record/message_facts.h"
#include "milter/runtime/runtime.h"
#include "milter/session/actions.h"
#include "milter/session/key_choice.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace milter::session {

struct Signed {
    std::vector<HeaderInsertion> fields;
    std::vector<std::string> names;                              // DOMAIN/SELECTOR of each
    std::string unsigned_because;                                // why there is none
    record::Unsigned unsigned_reason = record::Unsigned::no_key; // the same in a word
    bool warn = false;   // the author's domain is one that is signed for, so somebody should know
    std::string failure; // a key that should have signed could not: the message must not leave without it
    std::vector<std::string> missing; // keys that could not be used, where it may leave without them
    // Of a signed message: what will probably be changed behind us. Not looked for where nobody asks.
    std::vector<message::Fragility> fragile;
};

class Outbound {
  public:
    explicit Outbound(std::shared_ptr<const runtime::Runtime> runtime, Submission submission = {});

    // Looks up the keys for the author of the message. A result of an earlier pass under one of `own_ids`
    // that speaks against him takes them away again; none are looked at where there are no ids.
    void end_of_header(const message::HeaderList& headers, const std::vector<std::string>& own_ids);
    void body(std::string_view chunk);
    // Whether any signature needs more of it.
    [[nodiscard]] bool wants_body() const { return !bodies_.satisfied(); }
    // Sendmail hands it to us, and writes addresses anew behind us.
    void expect_sendmail() { by_sendmail_ = true; }
    // It goes to a mailing list: see dkim::spare_lists.
    void spare_lists() { spares_lists_ = true; }
    [[nodiscard]] Signed finish(const message::HeaderList& headers, base::UnixTime now);
    // Known from the end of the header on.
    [[nodiscard]] const message::Author& author() const { return author_; }
    [[nodiscard]] const authres::OwnResult& own_result() const { return own_result_; }
    [[nodiscard]] const KeyChoice& choice() const { return choice_; }

  private:
    // As general settings or the domain's own have it.
    [[nodiscard]] const keys::Shape& shape_of(const keys::Signer& signer) const;
    [[nodiscard]] std::vector<message::Fragility> find_fragile(const message::HeaderList& headers);
    void sign_with(std::size_t number, const message::HeaderList& headers, base::UnixTime now,
                   Signed& result);

    std::shared_ptr<const runtime::Runtime> runtime_;
    message::Author author_;
    authres::OwnResult own_result_;
    Submission submission_;
    KeyChoice choice_;
    dkim::BodyHashes bodies_;
    std::vector<std::size_t> body_hashes_; // of each of the signers
    message::BodyScan body_scan_;
    bool looks_for_fragile_ = false;
    bool spares_lists_ = false;
    bool by_sendmail_ = false;
};

} // namespace milter::session
