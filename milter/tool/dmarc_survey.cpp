#include "milter/tool/dmarc_survey.h"

#include "dmarc/policy.h"

namespace milter::tool {

namespace {

void describe_record(const dmarc::Record& record, bool inherited, dmarc::Existence existence,
                     DmarcSurvey& survey) {
    const auto asked_for = [&] {
        survey.own = dmarc::select_policy(record, inherited, existence).policy;
        survey.subdomains = dmarc::select_policy(record, true, dmarc::Existence::exists).policy;
        survey.non_existent = dmarc::select_policy(record, true, dmarc::Existence::does_not_exist).policy;
    };
    survey.test = record.test;
    switch (dmarc::usability(record)) {
    case dmarc::Usability::usable:
        asked_for();
        return;
    case dmarc::Usability::forced_none:
        asked_for();
        survey.remark = "a policy tag is missing or unreadable, but reports are wanted: taken as p=none";
        return;
    case dmarc::Usability::silent:
        survey.remark = "no policy and no address for reports: as if there were no record";
        return;
    case dmarc::Usability::broken:
        survey.remark = "an unreadable policy tag and no address for reports: DMARC results in permerror";
        return;
    }
}

// RFC 9989 4.10.1: which record speaks for the domain.
void describe_policy(dmarc::PolicyRecords& records, dmarc::Organizations& organizations,
                     dns::Inquiry& inquiry, const base::DomainName& domain, DmarcSurvey& survey) {
    const auto chosen = dmarc::choose_record(records, organizations, domain);
    if (chosen && chosen->state == dmarc::ChosenRecord::State::failed) {
        survey.trouble = chosen->trouble.text;
    }
    if (!chosen || chosen->record == nullptr) {
        return;
    }
    const auto test = chosen->inherited ? dmarc::test_existence(records, inquiry, domain)
                                        : dmarc::ExistenceTest{dmarc::Existence::exists, {}};
    if (!test) {
        return;
    }
    if (test->existence == dmarc::Existence::failed) {
        survey.trouble = test->trouble.text;
        return;
    }
    survey.policy_domain = chosen->domain;
    survey.exists = test->existence == dmarc::Existence::exists;
    describe_record(*chosen->record, chosen->inherited, test->existence, survey);
}

void describe_stops(dmarc::PolicyRecords& records, const dmarc::Walk& walk, DmarcSurvey& survey) {
    for (const base::DomainName& domain : walk.visited) {
        const dmarc::Lookup* lookup = records.looked_up(domain); // by the walk
        DmarcSurvey::Stop stop{domain, lookup->remark, std::nullopt};
        if (lookup->state == dmarc::Lookup::State::found) {
            stop.record = *lookup->record;
        }
        survey.stops.push_back(std::move(stop));
    }
}

} // namespace

dns::Outcome<DmarcSurvey> survey_dmarc(const base::DomainName& domain, const dns::Answers& known,
                                       const dmarc::Options& options) {
    dns::Inquiry inquiry(known);
    dmarc::PolicyRecords records(inquiry, options);
    dmarc::Organizations organizations(records, options);
    const auto walk = dmarc::walk(records, domain); // shown in every mode
    const auto& organization = organizations.of(domain);
    if (!walk || !organization) {
        return inquiry.take_questions();
    }
    DmarcSurvey survey{.stops = {},
                       .trouble = walk->trouble.text,
                       .organizational_domain = organization->domain,
                       .policy_domain = {},
                       .own = {},
                       .subdomains = {},
                       .non_existent = {},
                       .remark = {}};
    describe_policy(records, organizations, inquiry, domain, survey);
    if (!inquiry.questions().empty()) {
        return inquiry.take_questions();
    }
    describe_stops(records, *walk, survey);
    return survey;
}

} // namespace milter::tool
