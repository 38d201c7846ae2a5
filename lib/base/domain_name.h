// A domain name that may be looked up, compared, printed and stored: letters, digits, hyphens and underscores
// in labels of 1 to 63 octets, 253 octets in all, lower case, no trailing dot, A-labels only.
//
// Text from a message is turned into a DomainName where it comes in, or is not used as an identifier at all,
// so that no NUL, quote, parenthesis, blank or 8-bit byte can ever reach a question, a header field, a log or
// a file name.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace base {

class DomainName {
  public:
    // One trailing dot is dropped. Nothing for the empty name, the root, or anything outside the form above.
    [[nodiscard]] static std::optional<DomainName> parse(std::string_view text);
    // The same, but U-labels (UTF-8) are first converted to A-labels by IDNA2008 (RFC 5891).
    [[nodiscard]] static std::optional<DomainName> parse_international(std::string_view text);

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] std::size_t label_count() const;
    // The right-hand `count` labels, 1 <= count; the whole name when it has no more than that.
    [[nodiscard]] DomainName suffix(std::size_t count) const;
    // The name without its first label; nothing for a single label.
    [[nodiscard]] std::optional<DomainName> parent() const;
    // True for the name itself and for every name below `ancestor`, on label boundaries.
    [[nodiscard]] bool is_at_or_below(const DomainName& ancestor) const;

    auto operator<=>(const DomainName&) const = default; // NOLINT(modernize-use-nullptr): none is there

  private:
    explicit DomainName(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

// Whether a text, a domain name or not, has a dot with something behind it: "multi-label" (RFC 7208 4.3).
[[nodiscard]] bool is_multi_label(std::string_view text);

} // namespace base

template <>
struct std::hash<base::DomainName> {
    std::size_t operator()(const base::DomainName& name) const noexcept {
        return std::hash<std::string>()(name.text());
    }
};
