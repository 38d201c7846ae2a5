#include "milter/record/json.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace milter::record {

namespace {

using Json = nlohmann::ordered_json;

Json name_or_null(const std::optional<base::DomainName>& name) {
    return name ? Json(name->text()) : Json();
}

Json policy_or_null(const std::optional<dmarc::Policy>& policy) {
    return policy ? Json(dmarc::print(*policy)) : Json();
}

std::string_view word(dmarc::Alignment alignment) {
    switch (alignment) {
    case dmarc::Alignment::no:
        return "no";
    case dmarc::Alignment::yes:
        return "yes";
    case dmarc::Alignment::undecided:
        return "undecided";
    }
    return "?";
}

std::string_view word(dmarc::PublicSuffixFlag flag) {
    switch (flag) {
    case dmarc::PublicSuffixFlag::unknown:
        return "u";
    case dmarc::PublicSuffixFlag::yes:
        return "y";
    case dmarc::PublicSuffixFlag::no:
        return "n";
    }
    return "?";
}

std::string_view word(dmarc::AlignmentMode mode) {
    return mode == dmarc::AlignmentMode::strict ? "s" : "r";
}

Json tag(const dmarc::PolicyTag& tag) {
    switch (tag.state) {
    case dmarc::PolicyTag::State::absent:
        return Json();
    case dmarc::PolicyTag::State::valid:
        return Json(dmarc::print(tag.policy));
    case dmarc::PolicyTag::State::invalid:
        return Json("invalid");
    }
    return Json();
}

Json uris(const std::vector<dmarc::ReportUri>& list) {
    Json json = Json::array();
    for (const auto& uri : list) {
        json.push_back(uri.uri);
    }
    return json;
}

Json passage_json(const authenticate::Passage& passage) {
    Json relays = Json::array();
    for (const auto& relay : passage.relays) {
        relays.push_back(relay.print());
    }
    return {{"address", passage.relay.print()},
            {"relays", relays},
            {"hops", passage.hops},
            {"client", passage.client ? Json(passage.client->print()) : Json()},
            {"helo", passage.helo},
            {"reason", passage.reason},
            {"hidden_sender", passage.hidden_sender},
            {"rewritten_sender", passage.rewritten_sender}};
}

Json iprev_json(const iprev::Verdict& verdict) {
    return {{"result", iprev::print(verdict.result)}, {"name", verdict.name}, {"reason", verdict.reason}};
}

Json author_json(const message::Author& author) {
    Json domains = Json::array();
    for (const auto& domain : author.domains) {
        domains.push_back(domain.text());
    }
    return {{"state", message::print(author.state)}, {"domains", domains}, {"problem", author.problem}};
}

Json dmarc_json(const authenticate::DmarcVerdict& verdict) {
    return {{"result", dmarc::print(verdict.result)},
            {"author_domain", name_or_null(verdict.author_domain)},
            {"problem", verdict.problem},
            {"evaluation", verdict.evaluation ? to_json(*verdict.evaluation) : Json()}};
}

template <class Part>
Json optional_json(const std::optional<Part>& part) {
    return part ? to_json(*part) : Json();
}

} // namespace

Json to_json(const spf::Verdict& verdict) {
    Json steps = Json::array();
    for (const auto& step : verdict.steps) {
        steps.push_back(
            {{"depth", step.depth}, {"domain", step.domain}, {"term", step.term}, {"what", step.what}});
    }
    return {{"result", spf::print(verdict.result)},
            {"identity", spf::print(verdict.identity)},
            {"domain", verdict.domain},
            {"mechanism", verdict.mechanism},
            {"explanation", verdict.explanation},
            {"problem", verdict.problem},
            {"terms", verdict.terms},
            {"void_lookups", verdict.void_lookups},
            {"steps", steps}};
}

Json to_json(const dkim::Verdict& verdict) {
    return {{"result", dkim::print(verdict.result)},
            {"reason", verdict.reason},
            {"comment", verdict.comment},
            {"domain", verdict.domain},
            {"selector", verdict.selector},
            {"identity", verdict.identity},
            {"algorithm", verdict.algorithm},
            {"key_bits", verdict.key_bits},
            {"test_mode", verdict.test_mode},
            {"secure_key", verdict.secure_key},
            {"signature", verdict.signature_text},
            {"steps", verdict.steps}};
}

Json to_json(const dmarc::Record& record) {
    return {{"p", tag(record.p)},
            {"sp", tag(record.sp)},
            {"np", tag(record.np)},
            {"psd", word(record.psd)},
            {"adkim", word(record.adkim)},
            {"aspf", word(record.aspf)},
            {"test", record.test},
            {"rua", uris(record.rua)},
            {"ruf", uris(record.ruf)},
            {"fo", record.fo},
            {"diagnostics", record.diagnostics}};
}

Json to_json(const dmarc::Verdict& verdict) {
    return {{"result", dmarc::print(verdict.result)},
            {"policy_domain", name_or_null(verdict.policy_domain)},
            {"organizational_domain", name_or_null(verdict.organizational_domain)},
            {"record", optional_json(verdict.record)},
            {"policy_tag", verdict.policy_tag},
            {"published_policy", policy_or_null(verdict.published_policy)},
            {"policy", policy_or_null(verdict.policy)},
            {"spf_aligned", word(verdict.spf)},
            {"dkim_aligned", word(verdict.dkim)},
            {"aligned_by", name_or_null(verdict.aligned_by)},
            {"vetoed", verdict.vetoed},
            {"problem", verdict.problem},
            {"steps", verdict.steps}};
}

Json to_json(const authenticate::Verdict& verdict) {
    Json signatures = Json::array();
    for (const auto& signature : verdict.dkim) {
        signatures.push_back(to_json(signature));
    }
    return {{"from", author_json(verdict.author)},
            {"relay", verdict.relay ? passage_json(*verdict.relay) : Json()},
            {"null_sender", verdict.sender.null_sender},
            {"path_problem", verdict.sender.path_problem},
            {"iprev", verdict.sender.iprev ? iprev_json(*verdict.sender.iprev) : Json()},
            {"spf",
             {{"mail_from", optional_json(verdict.sender.mail_from)},
              {"helo", optional_json(verdict.sender.helo)}}},
            {"dkim", signatures},
            {"dmarc", verdict.dmarc ? dmarc_json(*verdict.dmarc) : Json()}};
}

Json to_json(const std::vector<authres::MethodResult>& results) {
    Json json = Json::array();
    for (const auto& result : results) {
        Json properties = Json::object();
        for (const auto& property : result.properties) {
            properties[property.ptype + "." + property.name] = property.value;
        }
        json.push_back({{"method", result.method},
                        {"result", result.result},
                        {"reason", result.reason},
                        {"comments", result.comments},
                        {"properties", properties}});
    }
    return json;
}

Json to_json(const authenticate::Finding& finding) {
    Json exception;
    if (finding.exception) {
        exception = {{"name", finding.exception->name},
                     {"type", authenticate::print(finding.exception->type)},
                     {"file", finding.exception->file},
                     {"line", finding.exception->line}};
    }
    return {{"ground", authenticate::print(finding.ground)},
            {"reason", finding.reason},
            {"setting", finding.setting},
            {"asked", authenticate::print(finding.asked)},
            {"due", authenticate::print(finding.due)},
            {"taken", authenticate::print(finding.taken)},
            {"dry_run", finding.dry_run},
            {"why_milder", finding.why_milder},
            {"exception", exception}};
}

Json to_json(const authenticate::Disposition& disposition) {
    Json reply;
    if (disposition.reply) {
        reply = {{"code", disposition.reply->code},
                 {"enhanced", disposition.reply->enhanced},
                 {"text", disposition.reply->text}};
    }
    Json fields = Json::array();
    for (const auto& field : disposition.fields) {
        fields.push_back({{"name", field.name}, {"value", field.value}});
    }
    Json reason;
    if (disposition.override_reason) {
        reason = {{"type", authenticate::print(disposition.override_reason->type)},
                  {"comment", disposition.override_reason->comment}};
    }
    return {{"action", authenticate::print(disposition.action)},
            {"reason", disposition.reason},
            {"reply", reply},
            {"fields", fields},
            {"override", reason}};
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', true, Json::error_handler_t::replace) + '\n';
}

} // namespace milter::record
