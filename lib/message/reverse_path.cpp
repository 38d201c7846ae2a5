#include "message/reverse_path.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "message/mailbox.h"

#include <algorithm>
#include <optional>

namespace message {

namespace {

constexpr auto npos = std::string_view::npos;

struct Address {
    std::string local_part;
    std::string domain;
};

// The name as SPF would ask for it; nothing for what RFC 7208 4.3 gives no result, single labels included.
std::optional<base::DomainName> usable(std::string_view domain) {
    auto name = base::DomainName::parse_international(domain);
    return name && name->label_count() > 1 ? std::move(name) : std::nullopt;
}

std::string_view trim(std::string_view text, std::string_view junk) {
    const auto begin = text.find_first_not_of(junk);
    return begin == npos ? std::string_view() : text.substr(begin, text.find_last_not_of(junk) - begin + 1);
}

// What is left of a path when comments, blanks, quotes and brackets are gone, as Postfix reads it: an open
// comment takes the rest with it, words before an opening bracket are a name, a backslash goes and what it
// stands before stays.
class Gist {
  public:
    explicit Gist(std::string_view text) : text_(text) {
        while (position_ < text_.size()) {
            take(text_[position_++]);
        }
    }

    [[nodiscard]] const std::string& text() const { return gist_; }
    [[nodiscard]] bool two_paths() const { return two_paths_; }
    // A quote that nothing closes: no two readers agree, and mail servers refuse it.
    [[nodiscard]] bool readable() const { return !quoted_; }

  private:
    void take(char c) {
        if (c == '\\') {
            take_escaped();
        } else if (comments_ > 0) {
            comments_ += c == '(' ? 1 : c == ')' ? -1 : 0;
        } else if (c == '"') {
            quoted_ = !quoted_;
        } else if (quoted_) {
            keep(c);
        } else {
            take_plain(c);
        }
    }

    void take_escaped() {
        if (position_ < text_.size()) {
            const char c = text_[position_++];
            if (comments_ == 0) {
                keep(c);
            }
        }
    }

    void take_plain(char c) {
        if (c == '(') {
            comments_ = 1;
            gap_ = true;
        } else if (base::is_wsp(c)) {
            gap_ = true;
        } else if (c == '<') {
            two_paths_ = two_paths_ || closed_;
            gist_.clear();
        } else if (c == '>') {
            closed_ = true;
        } else {
            keep(c);
        }
    }

    // A gap counts between two words only: "ann @ example .org" is ann@example.org.
    void keep(char c) {
        constexpr std::string_view joints = ".@:,;";
        if (closed_) {
            return;
        }
        if (gap_ && !gist_.empty() && joints.find(c) == npos && joints.find(gist_.back()) == npos) {
            gist_ += ' ';
        }
        gap_ = false;
        gist_ += c;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::string gist_;
    int comments_ = 0; // open ones
    bool quoted_ = false;
    bool gap_ = false;
    bool closed_ = false;
    bool two_paths_ = false;
};

// Where a source route ends that `path` begins with (RFC 5321 4.1.2, appendix C: it is dropped); 0 without
// one.
std::size_t route_end(std::string_view path) {
    const auto end = path.starts_with('@') ? path.find_first_of("<>()[]\";:\\") : npos;
    return end == npos || path[end] != ':' ? 0 : end + 1;
}

std::optional<Address> split_at_last(std::string_view path) {
    path.remove_prefix(route_end(path));
    const auto at = path.rfind('@');
    if (at == npos) {
        return std::nullopt;
    }
    return Address{std::string(path.substr(0, at)), std::string(path.substr(at + 1))};
}

// Postfix forgives list separators at the end.
std::optional<Address> read_as_server(std::string_view gist) {
    return split_at_last(gist.substr(0, gist.find_last_not_of(",; ") + 1));
}

// Before @ was everywhere, user%domain and host!user were addresses, and Postfix still writes them as such
// (allow_percent_hack, swap_bangpath).
std::optional<Address> read_as_of_old(std::string_view gist) {
    if (const auto bang = gist.find('!'); bang != npos) {
        return Address{std::string(gist.substr(bang + 1)), std::string(gist.substr(0, bang))};
    }
    if (const auto percent = gist.rfind('%'); percent != npos) {
        return Address{std::string(gist.substr(0, percent)), std::string(gist.substr(percent + 1))};
    }
    return std::nullopt;
}

// The plainest reading there is: the last @ wherever it stands, and the name behind it up to where it seems
// to end.
std::optional<Address> read_plainly(std::string_view text) {
    constexpr std::string_view junk = " \t<>(),;";
    auto address = split_at_last(trim(text, junk));
    if (address) {
        address->domain.resize(std::min(address->domain.find_first_of(junk), address->domain.size()));
    }
    return address;
}

// Whether a domain that is not `ours` stands behind any @, in a comment, in quotes or in plain sight. One
// that another @ follows is part of a local-part to everybody.
bool shows_another_domain(std::string_view text, const std::optional<base::DomainName>& ours) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t<"), text.size()));
    text.remove_prefix(route_end(text));
    for (auto at = text.find('@'); at != npos; at = text.find('@', at + 1)) {
        const std::string_view rest = text.substr(at + 1);
        const auto end = rest.find_first_of(" \t<>()[]\",:;\\@");
        const auto name = end != npos && rest[end] == '@' ? std::nullopt : usable(rest.substr(0, end));
        if (name && name != ours) {
            return true;
        }
    }
    return false;
}

ReversePath identity(Address address, std::string problem, bool disputed) {
    return {false, std::move(address.local_part), std::move(address.domain), disputed, std::move(problem)};
}

ReversePath null_path() {
    ReversePath path;
    path.null = true;
    return path;
}

ReversePath without_domain(std::string problem) {
    ReversePath path;
    path.problem = std::move(problem);
    return path;
}

ReversePath read_loosely(std::string_view text, std::string problem) {
    const Gist gist(text);
    if (gist.two_paths()) {
        return without_domain("more than one path");
    }
    if (gist.readable()) {
        const bool modern = gist.text().find('@') != std::string::npos;
        auto address = modern ? read_as_server(gist.text()) : read_as_of_old(gist.text());
        if (const auto name = address ? usable(address->domain) : std::nullopt) {
            const bool disputed = !modern || shows_another_domain(text, name);
            return identity(std::move(*address), std::move(problem), disputed);
        }
    }
    // To the mail server there is no domain.
    auto plain = read_plainly(text);
    if (!plain) {
        return without_domain(std::move(problem));
    }
    const bool disputed = gist.readable() || shows_another_domain(text, usable(plain->domain));
    return identity(std::move(*plain), std::move(problem), disputed);
}

} // namespace

ReversePath read_reverse_path(std::string_view text, const Limits& limits) {
    const auto path = parse_path(text, limits);
    if (path) {
        return *path ? identity({(*path)->local_part, (*path)->domain}, {}, false) : null_path();
    }
    if (text.size() > limits.path_bytes) {
        return without_domain(path.error().message);
    }
    // These end a path for somebody, whatever stands behind them.
    if (text.find_first_of(std::string_view("\0\r\n", 3)) != npos) {
        return without_domain("a line break or a NUL");
    }
    if (trim(text, " \t<>").empty()) {
        return null_path();
    }
    return read_loosely(text, path.error().message);
}

} // namespace message
