#include "milter/tool/compare/answer.h"

#include "base/ascii.h"
#include "dkim/signature.h"
#include "milter/tool/compare/loose_results.h"
#include "milter/tool/header_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace milter::tool::compare {

namespace {

std::string property(const authres::MethodResult& result, std::string_view ptype, std::string_view name) {
    for (const auto& one : result.properties) {
        if (one.ptype == ptype && one.name == name) {
            return base::to_lower(one.value);
        }
    }
    return {};
}

// Of several signatures with one name each has its result.
std::string about(const authres::MethodResult& result) {
    if (result.method == "dkim") {
        const auto domain = property(result, "header", "d");
        return domain.empty() ? "" : fmt::format("{}/{}", domain, property(result, "header", "s"));
    }
    if (result.method == "spf") {
        return property(result, "smtp", "mailfrom").empty() && !property(result, "smtp", "helo").empty()
                   ? "helo"
                   : "mailfrom";
    }
    return property(result, "header", "from");
}

std::string why(const authres::MethodResult& result) {
    const std::string comment = result.comments.empty() ? "" : result.comments.front();
    return result.reason.empty() || comment.empty() ? result.reason + comment
                                                    : result.reason + ", " + comment;
}

bool is_compared(std::string_view method) {
    return method == "dkim" || method == "spf" || method == "dmarc";
}

Fate fate_of(const ProbeResult& told) {
    switch (told.reply.kind) {
    case Reply::Kind::proceed:
    case Reply::Kind::accept:
    case Reply::Kind::skip: {
        const bool held = std::ranges::any_of(
            told.edits, [](const Edit& edit) { return edit.kind == Edit::Kind::quarantine; });
        return held ? Fate::quarantine : Fate::accept;
    }
    case Reply::Kind::reject:
        return Fate::reject;
    case Reply::Kind::tempfail:
    case Reply::Kind::close:
        return Fate::tempfail;
    case Reply::Kind::discard:
        return Fate::discard;
    case Reply::Kind::code:
        return told.reply.text.starts_with('4') ? Fate::tempfail : Fate::reject;
    }
    return Fate::fails;
}

bool adds_field(const Edit& edit) {
    return edit.kind == Edit::Kind::insert || edit.kind == Edit::Kind::add;
}

// A value of a Received-SPF field: "identity=mailfrom;"
std::string pair_of(std::string_view text, std::string_view name) {
    const auto at = text.find(fmt::format("{}=", name));
    const auto rest = at == std::string_view::npos ? std::string_view() : text.substr(at + name.size() + 1);
    return base::to_lower(rest.substr(0, rest.find_first_of("; \t\r\n")));
}

} // namespace

std::string_view print(Fate fate) {
    switch (fate) {
    case Fate::accept:
        return "accepted";
    case Fate::quarantine:
        return "held in quarantine";
    case Fate::reject:
        return "rejected";
    case Fate::tempfail:
        return "put off";
    case Fate::discard:
        return "discarded";
    case Fate::fails:
        return "without an answer";
    }
    return {};
}

std::optional<Signed> read_signed(std::string_view body) {
    const auto read = dkim::parse_signature(body);
    if (!read) {
        return std::nullopt;
    }
    Signed made;
    made.name = fmt::format("{}/{}", read->domain.text(), base::to_lower(read->selector));
    made.algorithm = crypto::print(read->algorithm);
    made.canonicalization = fmt::format("{}/{}", dkim::print(read->header_canonicalization),
                                        dkim::print(read->body_canonicalization));
    if (read->identity != "@" + read->domain.text() && read->identity != "@" + read->domain_as_written) {
        made.identity = read->identity;
    }
    made.fields = read->signed_fields;
    made.has_time = read->timestamp.has_value();
    made.has_length = read->body_length.has_value();
    if (read->timestamp && read->expiration) {
        made.lifetime = static_cast<std::uint64_t>(*read->expiration - *read->timestamp);
    }
    return made;
}

void add_results(std::string_view body, Answer& answer) {
    const auto field = read_loosely(body);
    if (!field) {
        return;
    }
    answer.ids.insert(base::to_lower(field->authserv_id));
    for (const auto& result : field->results) {
        const bool is_told = result.method == "spf" && answer.spf_is_told;
        if (is_compared(result.method) && !is_told) {
            answer.results.push_back({result.method, about(result), result.result, why(result)});
        }
    }
}

void add_received_spf(std::string_view body, Answer& answer) {
    const auto text = base::trim_fws(body);
    const auto word = base::to_lower(text.substr(0, text.find_first_of(" \t\r\n;(")));
    const bool is_word = !word.empty() && std::ranges::all_of(word, base::is_alpha);
    if (is_word) {
        std::erase_if(answer.results, [](const Written& one) { return one.method == "spf"; });
        answer.results.push_back({"spf", pair_of(text, "identity"), word});
        answer.spf_is_told = true;
    }
}

void add_answer(const ProbeResult& told, Answer& answer) {
    const Fate fate = fate_of(told);
    if (answer.fate == Fate::accept) {
        answer.fate = fate;
        answer.text = told.reply.text;
        for (const Edit& edit : told.edits) {
            answer.text += fate == Fate::quarantine && edit.kind == Edit::Kind::quarantine ? edit.value : "";
        }
    }
    for (const Edit& edit : told.edits) {
        if (!adds_field(edit)) {
            continue;
        }
        const std::string body = with_line_ends(edit.value, true);
        if (base::iequals(edit.name, "DKIM-Signature")) {
            if (auto made = read_signed(body)) {
                answer.signatures.push_back(std::move(*made));
            }
        } else if (base::iequals(edit.name, "Authentication-Results")) {
            add_results(body, answer);
        } else if (base::iequals(edit.name, "Received-SPF")) {
            add_received_spf(body, answer);
        }
    }
}

std::string add_action(std::string_view action, Answer& answer) {
    const auto word = base::to_lower(action.substr(0, action.find(' ')));
    const auto rest = action.substr(std::min(action.size(), word.size() + 1));
    if (word == "prepend") {
        const auto colon = rest.find(':');
        const auto name = rest.substr(0, colon);
        const auto body = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
        if (base::iequals(name, "Authentication-Results")) {
            add_results(body, answer);
        } else if (base::iequals(name, "Received-SPF")) {
            add_received_spf(body, answer);
        }
        return std::string(rest);
    }
    const bool later = word.starts_with('4') || word.starts_with("defer");
    if (later || word.starts_with('5') || word == "reject") {
        answer.fate = later ? Fate::tempfail : Fate::reject;
        answer.text = action;
    }
    return {};
}

} // namespace milter::tool::compare
