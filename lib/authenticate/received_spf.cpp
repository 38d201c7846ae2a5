#include "authenticate/received_spf.h"

#include "authenticate/policyd_reply.h"
#include "base/ascii.h"
#include "message/lexer.h"
#include "message/reverse_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace authenticate {

namespace {

constexpr std::size_t longest_value = 320;                // RFC 5321 4.5.3.1: a local-part and a domain
constexpr std::string_view hidden_receiver = "<UNKNOWN>"; // policyd-spf's
constexpr std::array<std::string_view, 7> keys{"identity", "client-ip", "helo",   "envelope-from",
                                               "receiver", "mechanism", "problem"};

// Some readers look for a pair wherever it stands, in quotes too.
bool spells_a_pair(std::string_view text) {
    const std::string lower = base::to_lower(text);
    return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
        return lower.find(fmt::format("{}=", key)) != std::string::npos;
    });
}

// What the client typed, without anything that ends a value, a comment or a line.
std::string harmless(std::string_view text, bool in_comment = false) {
    const bool pair = spells_a_pair(text);
    std::string kept;
    for (const char c : text.substr(0, longest_value)) {
        const bool ends = std::string_view("();\"\\").find(c) != std::string_view::npos ||
                          (c == ' ' && !in_comment) || (c == '=' && pair);
        kept += !base::is_printable(c) || ends ? '?' : c;
    }
    return kept;
}

// RFC 7208 9.1: a dot-atom, or a quoted-string.
std::string pair(std::string_view key, std::string_view value) {
    const std::string text = harmless(value);
    return fmt::format("{}={};", key,
                       !text.empty() && message::is_dot_atom(text) ? text : message::quote(text));
}

std::string envelope_from(const std::string& mail_from) {
    const auto path = message::read_reverse_path(mail_from);
    if (path.null) {
        return "<>";
    }
    return path.domain.empty() ? path.local_part : path.local_part + "@" + path.domain;
}

bool is_name_character(char c) {
    return base::is_alnum(c) || c == '.' || c == '-' || c == '_';
}

// In lower case and without blanks, folds and quotes; with or without comments.
std::string gist(std::string_view body, bool with_comments) {
    std::string kept;
    std::size_t depth = 0;
    for (const char c : body) {
        depth += c == '(' ? 1U : 0U;
        const bool skipped = (depth > 0 && !with_comments) || base::is_wsp(c) || base::is_control(c) ||
                             c == '"' || c == '\\' || c == '\'';
        if (!skipped) {
            kept += base::to_lower(c);
        }
        depth -= c == ')' && depth > 0 ? 1U : 0U;
    }
    return kept;
}

std::string_view name_at(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_name_character);
    auto name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    while (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    return name;
}

// Who wrote a field, by its own words.
class Writers {
  public:
    explicit Writers(const std::vector<std::string>& receivers) : receivers_(receivers) {}

    void look_at(std::string_view text) {
        constexpr std::string_view key = "receiver=";
        for (auto at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
            take(name_at(text.substr(at + key.size())));
        }
        // "pass (mx.example.org: ...)"
        const auto open = text.find('(');
        const auto name =
            open == std::string_view::npos ? std::string_view() : name_at(text.substr(open + 1));
        if (!name.empty() && text.substr(open + 1 + name.size()).starts_with(':')) {
            take(name);
        }
    }

    [[nodiscard]] bool ours_or_nobody() const { return ours_ || !named_; }

  private:
    void take(std::string_view name) {
        named_ = named_ || (!name.empty() && name != "unknown");
        ours_ = ours_ || std::any_of(receivers_.begin(), receivers_.end(), [&](const std::string& receiver) {
                    return base::iequals(receiver, name);
                });
    }

    const std::vector<std::string>& receivers_;
    bool named_ = false;
    bool ours_ = false;
};

} // namespace

std::optional<std::string> received_spf(const SenderVerdict& sender, const Envelope& envelope,
                                        const std::string& receiver) {
    if (!sender.mail_from || !envelope.client) {
        return std::nullopt;
    }
    const bool helo_speaks = !sender.null_sender && sender.helo &&
                             sender.mail_from->result == spf::Result::none &&
                             sender.helo->result != spf::Result::none;
    const spf::Verdict& verdict = helo_speaks ? *sender.helo : *sender.mail_from;
    const bool by_helo = helo_speaks || sender.null_sender;
    return fmt::format("{} ({}) identity={}; {}\r\n\t{} {}\r\n\t{}", policyd_name(verdict.result),
                       by_helo ? harmless(policyd_words(verdict), true) : "mailfrom",
                       by_helo ? "helo" : "mailfrom", pair("client-ip", envelope.client->print()),
                       pair("helo", envelope.helo), pair("envelope-from", envelope_from(envelope.mail_from)),
                       pair("receiver", receiver.empty() ? hidden_receiver : receiver));
}

bool passes_for_ours(std::string_view body, const std::vector<std::string>& receivers) {
    Writers writers(receivers);
    writers.look_at(gist(body, true));
    writers.look_at(gist(body, false));
    return writers.ours_or_nobody();
}

} // namespace authenticate
