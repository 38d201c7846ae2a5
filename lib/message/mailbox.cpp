#include "message/mailbox.h"

#include "message/encoded_words.h"
#include "message/lexer.h"

#include <fmt/format.h>

#include <utility>

namespace message {

namespace {

// What was read before the character that tells what it is: a local-part, a display name or the name of a
// group.
class Words {
  public:
    std::size_t start = 0; // in the text

    void add_quoted(std::string_view content) {
        begin_piece();
        begin_word();
        text_ += content;
    }

    // A run of atoms and dots.
    void add_dotted(std::string_view run) {
        begin_piece();
        begins_with_dot_ = begins_with_dot_ || (pieces_ == 1 && run.front() == '.');
        bool within_atom = false;
        for (const char c : run) {
            if (c == '.') {
                is_dotted_ = is_dotted_ && !expects_word_;
                expects_word_ = true;
            } else if (!within_atom) {
                begin_word();
            }
            within_atom = c != '.';
        }
        text_ += run;
    }

    [[nodiscard]] bool empty() const { return pieces_ == 0; }
    // RFC 5322 3.4.1 and 4.4: words with one dot between each two.
    [[nodiscard]] bool is_local_part() const { return pieces_ > 0 && is_dotted_ && !expects_word_; }
    // RFC 5322 4.1: obs-phrase = word *(word / "." / CFWS).
    [[nodiscard]] bool is_phrase() const { return pieces_ > 0 && !begins_with_dot_; }
    [[nodiscard]] bool is_one_piece() const { return pieces_ == 1; }
    [[nodiscard]] const std::string& text() const { return text_; } // the pieces run together

  private:
    void begin_piece() { ++pieces_; }
    void begin_word() {
        is_dotted_ = is_dotted_ && expects_word_;
        expects_word_ = false;
    }

    std::string text_;
    std::size_t pieces_ = 0;
    bool begins_with_dot_ = false;
    bool is_dotted_ = true;    // so far
    bool expects_word_ = true; // at the start and behind a dot
};

class AddressListParser {
  public:
    AddressListParser(std::string_view body, const Limits& limits) : limits_(limits), lexer_(body, limits) {}

    base::Result<AddressList> parse() {
        if (!addresses()) {
            return base::refuse(*lexer_.error());
        }
        return std::move(list_);
    }

  private:
    // RFC 5322 3.4, and 4.4: obs-mbox-list, in which members may be empty, but not all of them.
    bool addresses() {
        bool any = false;
        do {
            Words words;
            if (!read_words(words)) {
                return false;
            }
            if (words.empty() && (lexer_.next_is(',') || (any && lexer_.at_end()))) {
                continue;
            }
            if (!address(words)) {
                return false;
            }
            any = true;
        } while (lexer_.take(','));
        if (!lexer_.at_end()) {
            return lexer_.fail("text after an address");
        }
        return any || lexer_.fail("an address is missing");
    }

    // RFC 5322 3.4: address = mailbox / group.
    bool address(const Words& words) { return lexer_.take(':') ? group(words) : mailbox(words); }

    // RFC 5322 3.4: group = display-name ":" [group-list] ";" [CFWS]. RFC 6854 allows groups in From.
    bool group(const Words& name) {
        if (!name.is_phrase()) {
            return lexer_.fail_at("a group without a name", name.start);
        }
        within_group_ = true;
        const bool readable = group_members() && lexer_.skip_cfws();
        within_group_ = false;
        return readable;
    }

    // RFC 5322 4.4: obs-group-list, in which members may be empty, and all of them.
    bool group_members() {
        do {
            Words words;
            if (!read_words(words)) {
                return false;
            }
            const bool missing = words.empty() && (lexer_.next_is(',') || lexer_.next_is(';'));
            if (!missing && !mailbox(words)) {
                return false;
            }
        } while (lexer_.take(','));
        return lexer_.take(';') || lexer_.fail("a group without end");
    }

    // RFC 5322 3.4: mailbox = name-addr / addr-spec.
    bool mailbox(const Words& words) {
        if (lexer_.next_is('<')) {
            if (!words.empty() && !words.is_phrase()) {
                return lexer_.fail_at("a display name that begins with a dot", words.start);
            }
            if (!words.empty() && !within_group_) {
                list_.names.push_back({words.start, lexer_.position()});
            }
            return angle_address();
        }
        if (lexer_.next_is('@')) {
            return address_specification(words);
        }
        return lexer_.fail(words.empty() ? "an address is missing" : "words that are no address");
    }

    // RFC 5322 3.4 and 4.4: angle-addr, with the route that obs-angle-addr allows.
    bool angle_address() {
        Words local_part;
        lexer_.take('<');
        if (!lexer_.skip_cfws() || (lexer_.next_is('@') && !route()) || !read_words(local_part) ||
            !address_specification(local_part)) {
            return false;
        }
        return lexer_.take('>') ? lexer_.skip_cfws()
                                : lexer_.fail("an address that its bracket does not close");
    }

    // RFC 5322 4.4: obs-route = obs-domain-list ":". Members of the list may be empty.
    bool route() {
        const std::size_t start = lexer_.position();
        do {
            if (!lexer_.skip_cfws()) {
                return false;
            }
            if (lexer_.take('@') ? !domain() : !lexer_.next_is(',') && !lexer_.next_is(':')) {
                return lexer_.fail("a malformed route");
            }
        } while (lexer_.take(','));
        list_.names.push_back({start, lexer_.position()});
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
        // RFC 2047 5: an encoded word must not appear in an address. To a strict reader "=?utf-8?b?...?=" is
        // an odd local-part, to a careless one it is whatever it decodes to.
        if (holds_encoded_word(words.text()) || holds_encoded_word(*name)) {
            return lexer_.fail_at("an encoded word in an address", words.start);
        }
        if (list_.mailboxes.size() == limits_.mailboxes) {
            return lexer_.fail_at(fmt::format("more than {} addresses", limits_.mailboxes), words.start);
        }
        list_.has_obsolete_forms = list_.has_obsolete_forms || !words.is_one_piece();
        list_.mailboxes.push_back({words.text(), std::move(*name)});
        return true;
    }

    // RFC 5322 3.4.1: domain = dot-atom / domain-literal, each within optional CFWS.
    std::optional<std::string> domain() {
        if (!lexer_.skip_cfws()) {
            return std::nullopt;
        }
        const std::size_t start = lexer_.position();
        auto name = lexer_.next_is('[') ? lexer_.take_domain_literal() : lexer_.take_dotted();
        if (!name || !lexer_.skip_cfws() || !more_labels(*name)) {
            return std::nullopt;
        }
        if (name->size() > 1 && name->ends_with('.')) {
            name->pop_back();
            list_.has_obsolete_forms = true;
        }
        if (!name->starts_with('[') && !is_dot_atom(*name)) {
            lexer_.fail_at("not a domain", start);
            return std::nullopt;
        }
        return name;
    }

    // RFC 5322 4.4: obs-domain = atom *("." atom), with CFWS around each atom.
    bool more_labels(std::string& name) {
        while (!name.starts_with('[') && (name.ends_with('.') || lexer_.next_is('.'))) {
            const auto more = lexer_.take_dotted();
            if (!more) {
                return false;
            }
            if (more->empty()) {
                return true;
            }
            list_.has_obsolete_forms = true;
            name += *more;
            if (!lexer_.skip_cfws()) {
                return false;
            }
        }
        return true;
    }

    bool read_words(Words& words) {
        if (!lexer_.skip_cfws()) {
            return false;
        }
        words.start = lexer_.position();
        while (true) {
            const bool quoted = lexer_.next_is('"');
            const auto word = quoted ? lexer_.take_obsolete_quoted_string() : lexer_.take_dotted();
            if (!word) {
                return false;
            }
            if (!quoted && word->empty()) {
                return true;
            }
            if (quoted) {
                words.add_quoted(*word);
            } else {
                words.add_dotted(*word);
            }
            if (!lexer_.skip_cfws()) {
                return false;
            }
        }
    }

    const Limits& limits_;
    Lexer lexer_;
    AddressList list_;
    bool within_group_ = false;
};

} // namespace

std::string print(const Mailbox& mailbox) {
    const bool plain = is_dot_atom(mailbox.local_part);
    return (plain ? mailbox.local_part : quote(mailbox.local_part)) + '@' + mailbox.domain;
}

base::Result<AddressList> parse_address_list(std::string_view body, const Limits& limits) {
    return AddressListParser(body, limits).parse();
}

} // namespace message
