#include "message/mailbox.h"

#include "base/ascii.h"
#include "message/lexer.h"

#include <fmt/format.h>

#include <utility>

namespace message {

namespace {

// RFC 2047 5: an encoded word must not appear in an address. To a strict reader "=?utf-8?b?...?=" is an odd
// local-part, to a careless one it is whatever it decodes to.
bool holds_encoded_word(std::string_view text) {
    const auto start = text.find("=?");
    return start != std::string_view::npos && text.find("?=", start + 2) != std::string_view::npos;
}

// What was read before the character that tells what it is: a local-part, a display name or the name of a
// group.
struct Words {
    std::size_t start = 0;
    std::size_t count = 0;
    std::string first;
    bool first_quoted = false;

    // RFC 5322 3.4.1: one dot-atom or one quoted string.
    [[nodiscard]] bool is_local_part() const { return count == 1 && (first_quoted || is_dot_atom(first)); }
    // RFC 5322 4.1: obs-phrase = word *(word / "." / CFWS).
    [[nodiscard]] bool is_phrase() const { return count > 0 && (first_quoted || first.front() != '.'); }
};

class AddressListParser {
  public:
    AddressListParser(std::string_view body, const Limits& limits) : limits_(limits), lexer_(body, limits) {}

    base::Result<std::vector<Mailbox>> parse() {
        do {
            if (!address()) {
                return base::refuse(*lexer_.error());
            }
        } while (lexer_.take(','));
        if (!lexer_.at_end()) {
            lexer_.fail("text after an address");
            return base::refuse(*lexer_.error());
        }
        return std::move(mailboxes_);
    }

  private:
    // RFC 5322 3.4: address = mailbox / group.
    bool address() {
        Words words;
        if (!read_words(words)) {
            return false;
        }
        return lexer_.take(':') ? group(words) : mailbox(words);
    }

    // RFC 5322 3.4: group = display-name ":" [group-list] ";" [CFWS]. RFC 6854 allows groups in From.
    bool group(const Words& name) {
        if (!name.is_phrase()) {
            return lexer_.fail_at("a group without a name", name.start);
        }
        if (!lexer_.skip_cfws()) {
            return false;
        }
        if (!lexer_.take(';') && !group_members()) {
            return false;
        }
        return lexer_.skip_cfws();
    }

    bool group_members() {
        do {
            Words words;
            if (!read_words(words) || !mailbox(words)) {
                return false;
            }
        } while (lexer_.take(','));
        return lexer_.take(';') || lexer_.fail("a group without end");
    }

    // RFC 5322 3.4: mailbox = name-addr / addr-spec.
    bool mailbox(const Words& words) {
        if (lexer_.take('<')) {
            if (words.count > 0 && !words.is_phrase()) {
                return lexer_.fail_at("a display name that begins with a dot", words.start);
            }
            return angle_address();
        }
        if (lexer_.next_is('@')) {
            return address_specification(words);
        }
        return lexer_.fail(words.count == 0 ? "an address is missing" : "words that are no address");
    }

    // RFC 5322 3.4 and 4.4: angle-addr, with the route that obs-angle-addr allows.
    bool angle_address() {
        Words local_part;
        if (!lexer_.skip_cfws() || (lexer_.next_is('@') && !route()) || !read_words(local_part) ||
            !address_specification(local_part)) {
            return false;
        }
        return lexer_.take('>') ? lexer_.skip_cfws()
                                : lexer_.fail("an address that its bracket does not close");
    }

    // RFC 5322 4.4: obs-route = obs-domain-list ":". Only its plainest form: @a,@b:
    bool route() {
        do {
            if (!lexer_.skip_cfws() || !lexer_.take('@')) {
                return lexer_.fail("a malformed route");
            }
            if (!domain()) {
                return false;
            }
        } while (lexer_.take(','));
        return lexer_.take(':') || lexer_.fail("a route without end");
    }

    // RFC 5322 3.4.1: addr-spec = local-part "@" domain; `words` has just been read.
    bool address_specification(const Words& words) {
        if (!words.is_local_part()) {
            return lexer_.fail_at("not a local-part", words.start);
        }
        if (!lexer_.take('@')) {
            return lexer_.fail("an address without a domain");
        }
        auto name = domain();
        if (!name) {
            return false;
        }
        if (holds_encoded_word(words.first) || holds_encoded_word(*name)) {
            return lexer_.fail_at("an encoded word in an address", words.start);
        }
        if (mailboxes_.size() == limits_.mailboxes) {
            return lexer_.fail_at(fmt::format("more than {} addresses", limits_.mailboxes), words.start);
        }
        mailboxes_.push_back({words.first, std::move(*name)});
        return true;
    }

    // RFC 5322 3.4.1: domain = dot-atom / domain-literal, each within optional CFWS.
    std::optional<std::string> domain() {
        if (!lexer_.skip_cfws()) {
            return std::nullopt;
        }
        const std::size_t start = lexer_.position();
        auto name = lexer_.next_is('[') ? lexer_.take_domain_literal() : lexer_.take_dotted();
        if (!name) {
            return std::nullopt;
        }
        if (!name->starts_with('[') && !is_dot_atom(*name)) {
            lexer_.fail_at("not a domain", start);
            return std::nullopt;
        }
        return lexer_.skip_cfws() ? std::move(name) : std::nullopt;
    }

    bool read_words(Words& words) {
        if (!lexer_.skip_cfws()) {
            return false;
        }
        words.start = lexer_.position();
        while (true) {
            const bool quoted = lexer_.next_is('"');
            auto word = quoted ? lexer_.take_quoted_string() : lexer_.take_dotted();
            if (!word) {
                return false;
            }
            if (!quoted && word->empty()) {
                return true;
            }
            if (words.count++ == 0) {
                words.first = std::move(*word);
                words.first_quoted = quoted;
            }
            if (!lexer_.skip_cfws()) {
                return false;
            }
        }
    }

    const Limits& limits_;
    Lexer lexer_;
    std::vector<Mailbox> mailboxes_;
};

} // namespace

std::string print(const Mailbox& mailbox) {
    const bool plain = is_dot_atom(mailbox.local_part);
    return (plain ? mailbox.local_part : quote(mailbox.local_part)) + '@' + mailbox.domain;
}

base::Result<std::vector<Mailbox>> parse_mailboxes(std::string_view body, const Limits& limits) {
    return AddressListParser(body, limits).parse();
}

} // namespace message
