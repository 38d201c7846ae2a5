// Authentication-Results: reading anything, and writing anything so that it reads back.
#include "authres/format.h"
#include "authres/parse.h"
#include "authres/strip.h"
#include "fuzz/property.h"

#include <algorithm>

void fuzz::run(std::string_view input) {
    (void)authres::parse(input);
    (void)authres::claims(input, {"mx.example.org"});

    const std::string hostile(input.substr(0, 400));
    const authres::MethodResult result{
        .method = "dkim",
        .result = "fail",
        .reason = hostile,
        .comments = {hostile},
        .properties = {{"header", "d", hostile}, {"smtp", "mailfrom", hostile}}};
    const auto text = authres::format("mx.example.org", {result});
    require(
        std::all_of(text.begin(), text.end(),
                    [](char c) { return (c >= 0x20 && c <= 0x7e) || c == '\t' || c == '\r' || c == '\n'; }),
        "what is written is printable ASCII");
    const auto again = authres::parse(text);
    require(again && again->authserv_id == "mx.example.org" && again->results.size() == 1 &&
                again->results.front().method == "dkim" && again->results.front().result == "fail",
            "what is written reads back as one result");
    require(authres::claims(text, {"mx.example.org"}), "what is written is known as ours");
}
