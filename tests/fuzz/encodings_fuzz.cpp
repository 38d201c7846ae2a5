// base64, dkim-quoted-printable and UTF-8.
#include "base/ascii.h"
#include "base/base64.h"
#include "base/utf8.h"
#include "dkim/quoted_printable.h"
#include "fuzz/property.h"

namespace {

void run(std::string_view input) {
    fuzz::require(base::base64_decode(base::base64_encode(input)) == input, "base64 carries any bytes");
    if (const auto bytes = base::base64_decode(input)) {
        fuzz::require(base::base64_encode(*bytes) == input, "bytes have one base64 text only");
    }
    const auto text = dkim::encode_quoted_printable(input);
    fuzz::require(dkim::decode_quoted_printable(text) == input, "quoted-printable carries any bytes");
    fuzz::require(text.find_first_of("; \t\r\n") == std::string::npos,
                  "quoted-printable fits into a tag value");
    if (const auto bytes = dkim::decode_quoted_printable(input)) {
        fuzz::require(dkim::decode_quoted_printable(dkim::encode_quoted_printable(*bytes)) == bytes,
                      "what was read survives its own text");
    }
    bool well_formed = true;
    for (std::string_view rest = input; !rest.empty() && well_formed;) {
        const auto length = base::utf8_length(rest);
        fuzz::require(length <= rest.size(), "a character lies in the text");
        well_formed = length != 0;
        rest.remove_prefix(length);
    }
    fuzz::require(base::is_utf8(input) == well_formed, "text is UTF-8 when all its characters are");
    const auto shown = base::printable(input);
    fuzz::require(base::all_ascii(shown) && shown.find_first_of("\r\n") == std::string::npos &&
                      shown.size() <= 4 * 1024 + 3,
                  "what is shown is one bounded line of ASCII");
}

const fuzz::Target target("encodings", run);

} // namespace
