#include "base/base64.h"
#include "dkim/quoted_printable.h"
#include "dkim/signature.h"

#include <fmt/format.h>

#include <algorithm>

namespace dkim {

namespace {

constexpr std::size_t longest_line = 78; // RFC 5322 2.1.1: should not be exceeded, CRLF not counted
constexpr std::size_t name_size = sizeof("DKIM-Signature:") - 1;

// A field's body that is broken into lines while it is written.
class FoldedText {
  public:
    // A blank and the text; the blank becomes a fold when the text does not fit.
    void add(std::string_view text) {
        if (column_ + 1 + text.size() > longest_line) {
            fold();
        } else {
            put(" ");
        }
        put(text);
    }

    // The text directly behind what is there, or behind a fold.
    void join(std::string_view text) {
        if (column_ + text.size() > longest_line) {
            fold();
        }
        put(text);
    }

    // Text that may be broken anywhere: base64 in b=.
    void fill(std::string_view text) {
        while (!text.empty()) {
            if (column_ >= longest_line) {
                fold();
            }
            const std::size_t count = std::min(text.size(), longest_line - column_);
            put(text.substr(0, count));
            text.remove_prefix(count);
        }
    }

    void fold() {
        text_ += "\r\n\t";
        column_ = 1;
    }

    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    void put(std::string_view text) {
        text_ += text;
        column_ += text.size();
    }

    std::string text_;
    std::size_t column_ = name_size;
};

template <class Number>
void add_number(FoldedText& text, char tag, const std::optional<Number>& number) {
    if (number) {
        text.add(fmt::format("{}={};", tag, *number));
    }
}

// RFC 6376 3.5: FWS may stand around the colons of h=.
void add_signed_fields(FoldedText& text, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = names[i] + (i + 1 < names.size() ? ":" : ";");
        if (i == 0) {
            text.add("h=" + name);
        } else {
            text.join(name);
        }
    }
}

} // namespace

std::string print(const Signature& signature) {
    FoldedText text;
    text.add("v=1;");
    text.add(fmt::format("a={};", print(signature.algorithm)));
    text.add(fmt::format("c={}/{};", print(signature.header_canonicalization),
                         print(signature.body_canonicalization)));
    text.add(fmt::format("d={};", signature.domain_as_written));
    text.add(fmt::format("s={};", signature.selector));
    if (signature.identity != "@" + signature.domain_as_written) {
        text.add(fmt::format("i={};", encode_quoted_printable(signature.identity)));
    }
    add_number(text, 't', signature.timestamp);
    add_number(text, 'x', signature.expiration);
    add_number(text, 'l', signature.body_length);
    add_signed_fields(text, signature.signed_fields);
    text.add(fmt::format("bh={};", base::base64_encode(signature.body_hash)));
    text.fold();
    text.fill("b=");
    text.fill(signature.signature_text);
    return text.take();
}

} // namespace dkim
