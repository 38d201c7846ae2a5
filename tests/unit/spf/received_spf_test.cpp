#include "spf/received_spf.h"

#include "base/ascii.h"
#include "support/catch.h"
#include "unit/spf/sample.h"

#include <algorithm>

using spf::format_received_spf;

namespace {

spf::Verdict verdict(spf::Result result) {
    spf::Verdict verdict;
    verdict.result = result;
    verdict.domain = "example.org";
    return verdict;
}

std::vector<std::string_view> lines(std::string_view body) {
    std::vector<std::string_view> found;
    while (true) {
        const auto end = body.find("\r\n\t");
        found.push_back(body.substr(0, end));
        if (end == std::string_view::npos) {
            return found;
        }
        body.remove_prefix(end + 3);
    }
}

} // namespace

TEST_CASE("a Received-SPF field tells result, identity and what was checked") {
    auto pass = verdict(spf::Result::pass);
    pass.mechanism = "ip4:192.0.2.0/24";
    CHECK(format_received_spf(pass, test::ann()) == "pass (in.example.com: example.org allows 192.0.2.10)\r\n"
                                                    "\tidentity=mailfrom;\r\n"
                                                    "\tclient-ip=\"192.0.2.10\";\r\n"
                                                    "\tenvelope-from=\"ann@example.org\";\r\n"
                                                    "\thelo=\"mx.example.org\";\r\n"
                                                    "\treceiver=\"in.example.com\";\r\n"
                                                    "\tmechanism=\"ip4:192.0.2.0/24\"");
}

TEST_CASE("a HELO check has no envelope-from, an error has a problem") {
    auto error = verdict(spf::Result::permerror);
    error.identity = spf::Identity::helo;
    error.problem = "2 SPF records at example.org";
    auto request = test::ann();
    request.receiver = {};
    CHECK(format_received_spf(error, request) ==
          "permerror (unknown: example.org cannot be checked, its records are in error)\r\n"
          "\tidentity=helo;\r\n"
          "\tclient-ip=\"192.0.2.10\";\r\n"
          "\thelo=\"mx.example.org\";\r\n"
          "\treceiver=\"unknown\";\r\n"
          "\tproblem=\"2 SPF records at example.org\"");
}

TEST_CASE("the null reverse-path is reported as the postmaster that was checked") {
    auto request = test::ann();
    request.local_part = {};
    request.domain = {};
    const std::string body = format_received_spf(verdict(spf::Result::neutral), request);
    CHECK(body.find("envelope-from=\"postmaster@example.org\";") != std::string::npos);
}

TEST_CASE("every result has its word and its sentence") {
    using spf::Result;
    for (const auto result : {Result::none, Result::neutral, Result::pass, Result::fail, Result::softfail,
                              Result::temperror, Result::permerror}) {
        const std::string body = format_received_spf(verdict(result), test::ann());
        INFO(body);
        CHECK(body.starts_with(std::string(print(result)) + " (in.example.com: example.org "));
    }
}

TEST_CASE("nothing from the session leaves its quotes, its line or ASCII") {
    using namespace std::string_literals;
    const std::string hostile[] = {
        "\r\nX-Injected: yes",
        "\"; identity=helo; x=\"",
        "back\\",
        "\\\"",
        "(open",
        "close) pass (",
        "nul\0byte"s,
        "\x7f\x01\x1b[31m",
        "caf\xc3\xa9",
        std::string(100'000, '"'),
        std::string(100'000, 'x'),
        "",
    };
    for (const std::string& text : hostile) {
        INFO(text.substr(0, 100));
        spf::Request request = test::ann();
        request.helo = request.local_part = request.domain = request.receiver = text;
        spf::Verdict error = verdict(spf::Result::permerror);
        error.problem = error.mechanism = error.domain = text;
        const std::string body = format_received_spf(error, request);
        const auto found = lines(body);
        REQUIRE(found.size() == (text.empty() ? 7 : 8)); // without a mechanism no such pair
        CHECK(std::count(found[0].begin(), found[0].end(), '(') == 1);
        CHECK(std::count(found[0].begin(), found[0].end(), ')') == 1);
        CHECK(found[0].find('\\') == std::string_view::npos);
        for (std::size_t i = 0; i < found.size(); ++i) {
            CHECK(found[i].size() < 900);
            CHECK(
                std::all_of(found[i].begin(), found[i].end(), [](char c) { return c >= 0x20 && c <= 0x7e; }));
            if (i < 2) {
                continue;
            }
            // key="value": the first quote that no backslash escapes is the last but for the semicolon.
            const auto open = found[i].find("=\"");
            REQUIRE(open != std::string_view::npos);
            std::size_t close = open + 2;
            while (close < found[i].size() && found[i][close] != '"') {
                close += found[i][close] == '\\' ? std::size_t{2} : std::size_t{1};
            }
            REQUIRE(close < found[i].size());
            CHECK((found[i].substr(close + 1).empty() || found[i].substr(close + 1) == ";"));
        }
    }
}
