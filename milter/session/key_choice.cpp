#include "milter/session/key_choice.h"

#include "message/mailbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace milter::session {

namespace {

using record::Unsigned;
using State = message::Author::State;

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

std::vector<std::string_view> local_parts_of(const message::Author& author) {
    std::vector<std::string_view> parts;
    for (const auto& mailbox : author.mailboxes) {
        parts.push_back(mailbox.local_part);
    }
    return parts;
}

// One choice on its way: each step may take keys away, and says why when none is left.
class Choosing {
  public:
    Choosing(const runtime::Runtime& runtime, const message::Author& author, const Submission& submission)
        : runtime_(runtime), author_(author), submission_(submission) {}

    [[nodiscard]] KeyChoice choose(const message::HeaderList& headers) {
        if (!runtime_.settings.roles.sign) {
            give_up(Unsigned::off, "signing is off (roles.sign)", false);
        } else if (author_.state != State::one) {
            // Whose name we lend must be beyond doubt: one From field, readable in one way, with one domain.
            // Whoever logs in and writes another one writes more than any table allows.
            choice_.forbidden =
                runtime_.senders && submission_.submitter.login && author_.state != State::none;
            give_up(Unsigned::author, author_.problem, true);
        } else if (read_field(headers)) {
            find_signers();
            leave_out_absent();
            leave_to_author();
            if (!undecided_) { // there may be no key, and then nobody asks who writes what
                leave_to_users();
                ask_table();
            }
        }
        return std::move(choice_);
    }

  private:
    void give_up(Unsigned reason, std::string why, bool warn) {
        choice_.signers.clear();
        choice_.unsigned_reason = reason;
        choice_.unsigned_because = std::move(why);
        choice_.warn = warn;
    }

    [[nodiscard]] const base::DomainName& from() const { return author_.domains.front(); }
    [[nodiscard]] const Named& named() const { return *choice_.named; }
    [[nodiscard]] bool by_from() const { return named().field == config::KeyField::from; }

    [[nodiscard]] bool read_field(const message::HeaderList& headers) {
        const auto fields = key_fields(runtime_.settings.key_fields, submission_);
        choice_.named = find_named(fields, headers, author_, submission_);
        if (!choice_.named) {
            give_up(Unsigned::no_key, "none of the fields that choose a key (key_fields)", false);
            return false;
        }
        if (!named().domain) {
            give_up(Unsigned::author,
                    fmt::format("{} does not name one domain (key_fields)", print(named().field)), true);
            return false;
        }
        return true;
    }

    // A signature stands for everybody whom the field names.
    void find_signers() {
        auto common = runtime_.keys->signers_for_all(views(named().local_parts), *named().domain);
        choice_.signers = std::move(common.signers);
        undecided_ = common.undecided;
        if (!choice_.signers.empty()) {
            return;
        }
        give_up(Unsigned::no_key, fmt::format("no key for {}", named().domain->text()), false);
        if (common.author_in_the_way) {
            give_up(Unsigned::not_allowed,
                    fmt::format("no key signs for all authors of {}: not for {}", print(named().field),
                                message::print({common.not_allowed, named().domain->text()})),
                    true);
        }
    }

    // Takes away those that `is_meant` holds for; `why` counts if none is left.
    template <class IsMeant>
    void take_away(Unsigned reason, IsMeant is_meant,
                   const std::function<std::string(const keys::Signer&)>& why) {
        auto& signers = choice_.signers;
        const auto taken = std::stable_partition(signers.begin(), signers.end(), std::not_fn(is_meant));
        if (taken == signers.begin() && !signers.empty()) {
            give_up(reason, why(signers.front()), true);
        } else {
            signers.erase(taken, signers.end());
        }
    }

    void leave_out_absent() {
        take_away(
            Unsigned::key, [](const keys::Signer& signer) { return signer.absent; },
            [](const keys::Signer& signer) {
                return fmt::format("no key of the author's domain: {}: {}", signer.name, signer.problem);
            });
    }

    [[nodiscard]] bool speaks_for_author(const keys::Signer& signer) const {
        const auto domain = base::DomainName::parse(signer.domain);
        return !domain || may_align(*domain, from(), runtime_.public_suffixes.get());
    }

    [[nodiscard]] bool any_speaks_for_author() const {
        return std::any_of(choice_.signers.begin(), choice_.signers.end(),
                           [&](const auto& signer) { return speaks_for_author(signer); });
    }

    [[nodiscard]] bool may_use(const keys::Signer& signer) const {
        return !signer.users || signer.users->include(submission_.submitter);
    }

    // Another field must not bring about a signature that speaks for From: for such a one From has to have
    // the key as well.
    void leave_to_author() {
        if (by_from() || choice_.signers.empty() || undecided_) {
            return;
        }
        auto common = runtime_.keys->signers_for_all(local_parts_of(author_), from());
        const auto& own = common.signers;
        if (common.undecided && any_speaks_for_author()) {
            undecided_ = true;
            choice_.signers = std::move(common.signers);
            return;
        }
        take_away(
            Unsigned::not_allowed,
            [&](const keys::Signer& signer) {
                return speaks_for_author(signer) &&
                       std::none_of(own.begin(), own.end(), [&](const keys::Signer& other) {
                           return same_signature(signer, other) && may_use(other);
                       });
            },
            [&](const keys::Signer& signer) {
                return fmt::format("key {} was chosen by {}, would speak for From and is not its key",
                                   signer.name, print(named().field));
            });
    }

    void leave_to_users() {
        take_away(
            Unsigned::submitter, [&](const keys::Signer& signer) { return !may_use(signer); },
            [&](const keys::Signer& signer) {
                return fmt::format("{} may not use key {} (used_by)", print(submission_.submitter),
                                   signer.name);
            });
    }

    void ask_table() {
        if (!runtime_.senders || choice_.signers.empty()) {
            return;
        }
        check_all(views(named().local_parts), *named().domain);
        if (!by_from() && any_speaks_for_author()) {
            check_all(local_parts_of(author_), from());
        }
    }

    void check_all(const std::vector<std::string_view>& local_parts, const base::DomainName& domain) {
        const auto fit = keys::may_write(*runtime_.senders, runtime_.settings.senders.delimiters,
                                         submission_.submitter, local_parts, domain);
        if (fit.fit != keys::Fit::fits) {
            choice_.forbidden = true;
            choice_.unknown = fit.fit == keys::Fit::unknown;
            give_up(Unsigned::submitter, fmt::format("{} (senders.table)", fit.why), true);
        }
    }

    const runtime::Runtime& runtime_;
    const message::Author& author_;
    const Submission& submission_;
    KeyChoice choice_;
    bool undecided_ = false; // a source did not say who signs
};

} // namespace

bool may_align(const base::DomainName& signer, const base::DomainName& author,
               const dmarc::PublicSuffixList* public_suffixes) {
    if (signer.is_at_or_below(author) || author.is_at_or_below(signer)) {
        return true;
    }
    if (public_suffixes != nullptr) {
        // RFC 9989 4.10.2: the records decide, and who owns a private suffix may have one for all names below
        // it.
        const auto ours = public_suffixes->registered_domain(signer);
        return ours && ours == public_suffixes->registered_domain(author);
    }
    constexpr std::size_t shared = 2; // labels: nobody owns a top-level domain
    return signer.suffix(shared) == author.suffix(shared);
}

KeyChoice choose_keys(const runtime::Runtime& runtime, const message::HeaderList& headers,
                      const message::Author& author, const Submission& submission) {
    return Choosing(runtime, author, submission).choose(headers);
}

} // namespace milter::session
