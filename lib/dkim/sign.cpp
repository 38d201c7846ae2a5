#include "dkim/sign.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "dkim/header_hash.h"
#include "dkim/limits.h"
#include "dkim/names.h"
#include "message/field_name.h"

#include <algorithm>
#include <numeric>

namespace dkim {

namespace {

// The size first: nearly all pairs differ in it, and dozens of names are compared with each other.
bool is_same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && base::iequals(a, b);
}

template <class Names>
std::size_t count(const Names& names, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [&](const auto& n) { return is_same_name(n, name); }));
}

// The names of h=: each present field once, and once more where the options say so.
class SignedFields {
  public:
    SignedFields(const message::HeaderList& headers, const SignOptions& options) : options_(options) {
        present_.reserve(headers.size());
        for (const message::HeaderField& field : headers) {
            present_.push_back(field.name());
        }
    }

    // `name` must outlive this object.
    void add(std::string_view name) {
        if (count(done_, name) > 0) {
            return;
        }
        done_.push_back(name);
        // RFC 6376 5.4.2: a name that stands more often than the field does signs that no further one exists.
        const std::size_t present = count(present_, name);
        const std::size_t times = present + (is_once_more(name, present > 0) ? 1 : 0);
        if (times > 0) {
            names_.insert(names_.end(), times, base::to_lower(name));
        }
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(names_); }

  private:
    [[nodiscard]] bool is_once_more(std::string_view name, bool present) const {
        return count(options_.oversigned_fields, name) > 0 ||
               (present && count(options_.oversigned_if_present, name) > 0);
    }

    const SignOptions& options_;
    std::vector<std::string_view> present_; // of the header, from top to bottom
    std::vector<std::string_view> done_;
    std::vector<std::string> names_;
};

std::vector<std::string> signed_fields(const SignOptions& options, const message::HeaderList& headers) {
    SignedFields fields(headers, options);
    fields.add("from"); // RFC 6376 5.4: From must be signed, whatever the lists say
    for (const auto* names : {&options.oversigned_fields, &options.signed_fields}) {
        for (const std::string& name : *names) {
            fields.add(name);
        }
    }
    return fields.take();
}

bool all_field_names(const std::vector<std::string>& names) {
    return std::all_of(names.begin(), names.end(), message::is_own_field_name);
}

std::string_view check_options(const SignOptions& options) {
    if (const auto refusal = signer_refusal(options.domain, options.selector, options.identity);
        !refusal.empty()) {
        return refusal;
    }
    if (!all_field_names(options.signed_fields) || !all_field_names(options.oversigned_if_present) ||
        !all_field_names(options.oversigned_fields)) {
        return "a name to be signed is no field name";
    }
    return options.lifetime < 0 ? "the lifetime is negative" : "";
}

// Verifiers have such limits, and ours are these. Leaving names out instead would leave fields unsigned that
// some reader shows.
bool fits_into_a_signature(std::size_t names, std::size_t octets_of_names) {
    constexpr std::size_t rest_of_the_field = 4096; // the longest names, and b= of 4096 bits
    constexpr std::size_t between_names = 3;        // a colon, and what a fold takes
    const Limits limits;
    return names <= limits.signed_fields &&
           octets_of_names + names * between_names + rest_of_the_field <= limits.signature_field;
}

std::size_t octets_of(const std::vector<std::string>& names) {
    return std::accumulate(names.begin(), names.end(), std::size_t{0},
                           [](std::size_t sum, const std::string& name) { return sum + name.size(); });
}

// Without choosing them: each field of the header counts once, and each name of the lists once more.
bool surely_fit(const SignOptions& options, const message::HeaderList& headers) {
    const auto& always = options.oversigned_fields;
    const auto& if_present = options.oversigned_if_present;
    std::size_t octets = octets_of(always) + octets_of(if_present);
    for (const message::HeaderField& field : headers) {
        octets += field.name().size();
    }
    return fits_into_a_signature(headers.size() + always.size() + if_present.size(), octets);
}

Signature draft(const SignOptions& options, const crypto::SigningKey& key, const message::HeaderList& headers,
                const crypto::Sha256& body_hash, base::UnixTime now) {
    Signature signature{.domain = *read_domain_name(options.domain)};
    signature.algorithm = key.algorithm();
    signature.body_hash.assign(body_hash.begin(), body_hash.end());
    signature.header_canonicalization = options.header_canonicalization;
    signature.body_canonicalization = options.body_canonicalization;
    signature.domain_as_written = options.domain;
    signature.selector = options.selector;
    signature.signed_fields = signed_fields(options, headers);
    signature.identity = options.identity.empty() ? "@" + options.domain : options.identity;
    signature.timestamp = now;
    if (options.lifetime > 0) {
        signature.expiration = now + options.lifetime;
    }
    return signature;
}

} // namespace

// docs/guide/signed-fields.md has the reason for each name; a test compares.
const std::vector<std::string>& default_signed_fields() {
    // RFC 5322 3.6.6: whoever sends a message once more adds a further block of these.
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all = {"resent-date", "resent-from",   "resent-to",
                                        "resent-cc",   "resent-sender", "resent-message-id"};
        for (const auto* once_more : {&default_oversigned_if_present(), &default_oversigned_fields()}) {
            all.insert(all.end(), once_more->begin(), once_more->end());
        }
        return all;
    }();
    return names;
}

const std::vector<std::string>& default_oversigned_if_present() {
    static const std::vector<std::string> names = {
        // Sendmail adds those that are missing after its filters have seen the message, which would break a
        // signature that swears there are none.
        "date", "message-id",
        // RFC 6376 5.4.1, RFC 8058 4: what mailing lists add
        "sender", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help", "list-subscribe",
        "list-post", "list-owner", "list-archive", "archived-at",
        // what gateways add
        "content-language", "importance", "priority", "x-priority", "thread-topic", "thread-index",
        "bimi-selector", "content-class"};
    return names;
}

// What nobody has reason to add on the way, and what makes a reader see or do something else.
const std::vector<std::string>& default_oversigned_fields() {
    static const std::vector<std::string> names = {
        "from", "reply-to", "subject", "to", "cc",
        // RFC 6376 8.15, RFC 2045: what the octets of the body mean
        "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id",
        "content-description", "content-location", "content-base",
        // where the message belongs, and where answers and receipts go
        "in-reply-to", "references", "mail-reply-to", "mail-followup-to", "disposition-notification-to",
        "return-receipt-to", "x-confirm-reading-to", "newsgroups", "followup-to",
        // whose key answers are encrypted for
        "autocrypt", "autocrypt-setup-message", "openpgp",
        // what is shown around the text, and how long it counts
        "x-message-flag", "sensitivity", "expires", "expiry-date", "reply-by", "chat-version", "face",
        "x-face"};
    return names;
}

namespace {

bool has_room(const SignOptions& options, const message::HeaderList& headers) {
    if (surely_fit(options, headers)) {
        return true;
    }
    const auto names = signed_fields(options, headers);
    return fits_into_a_signature(names.size(), octets_of(names));
}

} // namespace

bool leave_room(const std::vector<std::string>& oversigned_fields) {
    constexpr std::size_t fields = 200; // of an ordinary header, and then some
    constexpr std::size_t octets_of_a_name = 30;
    return fits_into_a_signature(oversigned_fields.size() + fields,
                                 octets_of(oversigned_fields) + fields * octets_of_a_name);
}

std::string_view signing_obstacle(const SignOptions& options, const message::HeaderList& headers) {
    // RFC 5322 3.6: exactly one. What a reader would show of several is anybody's guess: it must not bear our
    // name.
    switch (headers.count("From")) {
    case 0:
        return "no From field";
    case 1:
        return has_room(options, headers) ? "" : "too many header fields to sign";
    default:
        return "several From fields";
    }
}

base::Result<std::string> sign(const SignOptions& options, const crypto::SigningKey& key,
                               const message::HeaderList& headers, const crypto::Sha256& body_hash,
                               base::UnixTime now) {
    for (const std::string_view refusal : {check_options(options), signing_obstacle(options, headers)}) {
        if (!refusal.empty()) {
            return base::refuse(std::string(refusal), 0);
        }
    }
    Signature signature = draft(options, key, headers, body_hash, now);
    const message::HeaderField own("DKIM-Signature", print(signature));
    const auto digest =
        header_hash(signature.header_canonicalization, headers, signature.signed_fields, headers.size(), own);
    const auto bytes = key.sign(digest);
    if (!bytes) {
        return base::refuse(bytes.error());
    }
    signature.signature_text = base::base64_encode(*bytes);
    return print(signature);
}

} // namespace dkim
