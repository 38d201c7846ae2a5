#include "report/aggregate_xml.h"

#include "report/text.h"

#include <pugixml.hpp>

#include <utility>

namespace report {

namespace {

constexpr std::string_view head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n"
                                  "  <version>1.0</version>\n";
constexpr std::string_view foot = "</feedback>\n";

// ---- Elements

const char* word(dmarc::Policy policy) {
    return dmarc::print(policy).data(); // a literal
}
const char* word(dmarc::AlignmentMode mode) {
    return mode == dmarc::AlignmentMode::strict ? "s" : "r";
}
const char* word(bool aligned) {
    return aligned ? "pass" : "fail";
}
const char* word(dmarc::Discovery discovery) {
    return discovery == dmarc::Discovery::psl ? "psl" : "treewalk";
}

void add(pugi::xml_node parent, const char* name, const char* text) {
    parent.append_child(name).append_child(pugi::node_pcdata).set_value(text);
}

void add(pugi::xml_node parent, const char* name, const std::string& text) {
    add(parent, name, text.c_str());
}

// Text of others: what XML cannot carry is replaced here, wherever the value comes from.
void add_clean(pugi::xml_node parent, const char* name, std::string_view text, std::size_t limit) {
    add(parent, name, clean(text, limit));
}

void add_words(pugi::xml_node parent, const char* name, std::string_view text, std::size_t limit) {
    if (!text.empty()) {
        add_clean(parent, name, text, limit);
    }
}

void add_name(pugi::xml_node parent, const char* name, const std::optional<base::DomainName>& domain) {
    add(parent, name, domain ? domain->text().c_str() : "");
}

// ---- The parts of a report

void add_metadata(pugi::xml_document& parent, const Reporter& reporter, const Identity& identity,
                  const Policy& policy) {
    auto metadata = parent.append_child("report_metadata");
    add_clean(metadata, "org_name", reporter.org_name, max_reporter_octets);
    add_clean(metadata, "email", reporter.email, max_reporter_octets);
    add_words(metadata, "extra_contact_info", reporter.extra_contact_info, max_reporter_octets);
    add(metadata, "report_id", identity.report_id.text());
    auto range = metadata.append_child("date_range");
    add(range, "begin", std::to_string(identity.period.begin));
    add(range, "end", std::to_string(identity.period.end));
    add_words(metadata, "error", policy.error, max_error_octets);
    add_words(metadata, "generator", reporter.generator, max_reporter_octets);
}

void add_policy(pugi::xml_document& parent, const Policy& policy) {
    auto published = parent.append_child("policy_published");
    add(published, "domain", policy.domain.text());
    add(published, "adkim", word(policy.adkim));
    add(published, "aspf", word(policy.aspf));
    add(published, "p", word(policy.p));
    add(published, "sp", word(policy.sp));
    add_clean(published, "fo", policy.fo, max_fo_octets);
    add(published, "np", word(policy.np));
    add(published, "testing", policy.testing ? "y" : "n");
    add(published, "discovery_method", word(policy.discovery));
}

void add_row(pugi::xml_node record, const Row& row, std::uint64_t count) {
    auto element = record.append_child("row");
    add(element, "source_ip", row.source_ip.print());
    add(element, "count", std::to_string(count));
    auto evaluated = element.append_child("policy_evaluated");
    add(evaluated, "disposition", print(row.disposition).data());
    add(evaluated, "dkim", word(row.dkim_aligned));
    add(evaluated, "spf", word(row.spf_aligned));
    for (const Reason& reason : row.reasons) {
        auto child = evaluated.append_child("reason");
        add(child, "type", authenticate::print(reason.type).data());
        add_words(child, "comment", reason.comment, max_words_octets);
    }
}

void add_identifiers(pugi::xml_node record, const Row& row) {
    auto identifiers = record.append_child("identifiers");
    if (row.envelope_to) {
        add_name(identifiers, "envelope_to", row.envelope_to);
    }
    add_name(identifiers, "envelope_from", row.envelope_from);
    add(identifiers, "header_from", row.header_from.text());
}

void add_results(pugi::xml_node record, const Row& row) {
    auto results = record.append_child("auth_results");
    for (const DkimResult& signature : row.dkim) {
        auto dkim = results.append_child("dkim");
        add(dkim, "domain", signature.domain.text());
        add_clean(dkim, "selector", signature.selector, max_selector_octets);
        add(dkim, "result", dkim::print(signature.result).data());
        add_words(dkim, "human_result", signature.human_result, max_words_octets);
    }
    if (row.spf) {
        auto spf = results.append_child("spf");
        add(spf, "domain", row.spf->domain.text());
        add(spf, "scope", "mfrom");
        add(spf, "result", spf::print(row.spf->result).data());
    }
}

std::string print(const pugi::xml_document& document) {
    class Writer : public pugi::xml_writer {
      public:
        void write(const void* data, std::size_t size) override {
            text.append(static_cast<const char*>(data), size);
        }
        std::string text;
    };
    Writer writer;
    for (const pugi::xml_node& child : document) {
        child.print(writer, "  ", pugi::format_indent | pugi::format_no_empty_element_tags,
                    pugi::encoding_utf8, 1);
    }
    return std::move(writer.text);
}

} // namespace

AggregateXml::AggregateXml(const Reporter& reporter, const Identity& identity, const Policy& policy,
                           Sink sink)
    : sink_(std::move(sink)) {
    pugi::xml_document document;
    add_metadata(document, reporter, identity, policy);
    add_policy(document, policy);
    put(head);
    put(print(document));
}

void AggregateXml::add(const Row& row, std::uint64_t count) {
    if (count == 0) {
        return;
    }
    pugi::xml_document document;
    auto record = document.append_child("record");
    add_row(record, row, count);
    add_identifiers(record, row);
    add_results(record, row);
    put(print(document));
    ++records_;
}

void AggregateXml::finish() {
    put(foot);
}

void AggregateXml::put(std::string_view text) {
    octets_ += text.size();
    sink_(text);
}

std::size_t most_octets(const Row& row) {
    constexpr std::size_t frame = 1000; // of all that is always there, with addresses and figures
    constexpr std::size_t child_frame = 250;
    constexpr std::size_t escaped = 5; // "&" is "&amp;"
    std::size_t octets = frame + row.header_from.text().size();
    for (const auto& name : {row.envelope_from, row.envelope_to}) {
        octets += name ? name->text().size() : 0;
    }
    for (const Reason& reason : row.reasons) {
        octets += child_frame + escaped * reason.comment.size();
    }
    for (const DkimResult& one : row.dkim) {
        octets += child_frame + one.domain.text().size() +
                  escaped * (one.selector.size() + one.human_result.size());
    }
    return octets + (row.spf ? child_frame + row.spf->domain.text().size() : 0);
}

} // namespace report
