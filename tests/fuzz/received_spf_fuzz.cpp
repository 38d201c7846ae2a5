// Received-SPF. The first line of the input is HELO, the second MAIL FROM, the rest the body of a field that
// somebody else wrote.
//
// - Whatever the client typed, our field is five pairs in printable ASCII on short lines, one identity on the
//   first, and we recognize it as ours.
// - What names us as receiver passes for ours, whatever stands around it.
#include "authenticate/received_spf.h"
#include "base/ascii.h"
#include "fuzz/property.h"

#include <algorithm>

namespace {

constexpr std::string_view us = "mx.example.net";

std::string_view take_line(std::string_view& input) {
    const auto end = std::min(input.find('\n'), input.size());
    const auto line = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    return line;
}

void check_lines(std::string_view body) {
    std::size_t pairs = 0;
    for (std::size_t lines = 0; !body.empty(); ++lines) {
        const auto end = std::min(body.find("\r\n"), body.size());
        const auto line = body.substr(0, end);
        fuzz::require(line.size() < 998 && (lines == 0 || line.starts_with('\t')),
                      "lines are short and folded");
        fuzz::require(base::all_printable(line.substr(lines == 0 ? 0 : 1)), "lines are printable");
        pairs += static_cast<std::size_t>(std::count(line.begin(), line.end(), ';'));
        body.remove_prefix(std::min(end + 2, body.size()));
    }
    fuzz::require(pairs == 5, "five pairs");
}

void run(std::string_view input) {
    const std::string helo(take_line(input));
    const std::string path(take_line(input));
    authenticate::SenderVerdict sender;
    sender.mail_from.emplace();
    sender.mail_from->result = spf::Result::fail;
    const auto body = authenticate::received_spf(sender, {base::IpAddress::parse("2001:db8::1"), helo, path},
                                                 std::string(us));
    fuzz::require(body.has_value() && body->starts_with("Fail (mailfrom) identity=mailfrom;"),
                  "one identity");
    check_lines(*body);
    const auto identity = body->find("identity=", body->find("identity=") + 1);
    fuzz::require(identity == std::string::npos, "no other identity", *body);
    const std::vector<std::string> ours{std::string(us)};
    fuzz::require(authenticate::passes_for_ours(*body, ours), "ours is ours");
    const std::string named = std::string(input) + "; receiver=MX.example.net;";
    fuzz::require(authenticate::passes_for_ours(named, ours), "what names us is ours", named);
}

const fuzz::Target target("received_spf", run);

} // namespace
