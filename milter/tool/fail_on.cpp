#include "milter/tool/fail_on.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace milter::tool {

namespace {

struct Method {
    std::string_view name;
    std::string_view results; // of RFC 8601 2.7, those that can come out here
};

constexpr std::array<Method, 4> methods{{
    {"spf", "pass fail softfail neutral none temperror permerror"},
    {"dkim", "pass fail neutral none policy temperror permerror"},
    {"dmarc", "pass fail none temperror permerror"},
    {"iprev", "pass fail temperror permerror"},
}};

bool has_word(std::string_view words, std::string_view word) {
    const auto all = base::split(words, ' ');
    return std::find(all.begin(), all.end(), word) != all.end();
}

std::string check(const Wanted& wanted) {
    if (wanted.method.empty()) {
        const bool known = std::any_of(methods.begin(), methods.end(), [&](const Method& method) {
            return has_word(method.results, wanted.result);
        });
        return known ? ""
                     : fmt::format("\"{}\" is not a result; the results are pass, fail, softfail, "
                                   "neutral, none, policy, temperror and permerror",
                                   wanted.result);
    }
    const auto* method = std::find_if(methods.begin(), methods.end(),
                                      [&](const Method& one) { return one.name == wanted.method; });
    if (method == methods.end()) {
        return fmt::format("\"{}\" is not a check; the checks are spf, dkim, dmarc and iprev", wanted.method);
    }
    return has_word(method->results, wanted.result)
               ? ""
               : fmt::format("{} has no result \"{}\"; its results are {}", method->name, wanted.result,
                             method->results);
}

bool is_of(const Wanted& wanted, const authres::MethodResult& result) {
    return wanted.method.empty() || wanted.method == result.method;
}

} // namespace

base::Result<std::vector<Wanted>, std::string> parse_fail_on(std::string_view text) {
    std::vector<Wanted> wanted;
    for (const std::string_view part : base::split(text, ',')) {
        const std::string item = base::to_lower(base::trim_wsp(part));
        const auto equals = item.find('=');
        if (equals == std::string::npos) {
            wanted.push_back({"", item});
        } else {
            wanted.push_back({item.substr(0, equals), item.substr(equals + 1)});
        }
        if (equals == 0) {
            return tl::make_unexpected(std::string("the name of a check is missing before \"=\""));
        }
        if (auto problem = check(wanted.back()); !problem.empty()) {
            return tl::make_unexpected(std::move(problem));
        }
    }
    return wanted;
}

std::string_view unchecked_method(const std::vector<Wanted>& wanted,
                                  const std::vector<authres::MethodResult>& results) {
    for (const Wanted& one : wanted) {
        if (std::none_of(results.begin(), results.end(),
                         [&](const auto& result) { return is_of(one, result); })) {
            return one.method;
        }
    }
    return "";
}

bool has_any(const std::vector<Wanted>& wanted, const std::vector<authres::MethodResult>& results) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& one) {
        return std::any_of(results.begin(), results.end(), [&](const auto& result) {
            return is_of(one, result) && one.result == result.result;
        });
    });
}

} // namespace milter::tool
