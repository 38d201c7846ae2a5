// The words of every setting that is one of a few: one table each, by which it is read, printed and
// documented.
#pragma once

#include "authenticate/action.h"
#include "config/settings.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace config {

template <class Enum>
struct Choice {
    std::string_view word;
    Enum value;
};

// The first one where the value has none.
template <class Choices, class Enum>
[[nodiscard]] constexpr std::size_t index_of(const Choices& choices, Enum value) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (choices[i].value == value) {
            return i;
        }
    }
    return 0;
}

template <class Choices, class Enum>
[[nodiscard]] constexpr std::string_view word_of(const Choices& choices, Enum value) {
    return choices[index_of(choices, value)].word;
}

inline constexpr std::array<Choice<spf::LookAhead>, 3> look_ahead_choices{
    {{"none", spf::LookAhead::none}, {"records", spf::LookAhead::records}, {"all", spf::LookAhead::all}}};

inline constexpr std::array<Choice<PolicydStage>, 2> policyd_stage_choices{
    {{"end_of_message", PolicydStage::end_of_message}, {"rcpt", PolicydStage::rcpt}}};

inline constexpr std::array<Choice<authenticate::RejectOn>, 6> helo_reject_choices{
    {{"SPF_Not_Pass", authenticate::RejectOn::not_pass},
     {"Softfail", authenticate::RejectOn::softfail},
     {"Fail", authenticate::RejectOn::fail},
     {"Null", authenticate::RejectOn::null},
     {"False", authenticate::RejectOn::never},
     {"No_Check", authenticate::RejectOn::no_check}}};

inline constexpr std::array<Choice<authenticate::RejectOn>, 5> mail_from_reject_choices{
    {{"SPF_Not_Pass", authenticate::RejectOn::not_pass},
     {"Softfail", authenticate::RejectOn::softfail},
     {"Fail", authenticate::RejectOn::fail},
     {"False", authenticate::RejectOn::never},
     {"No_Check", authenticate::RejectOn::no_check}}};

// policyd-spf's way of saying it: 0 is the test.
inline constexpr std::array<Choice<bool>, 2> test_only_choices{{{"1", true}, {"0", false}}};

inline constexpr std::array<Choice<ReportTls>, 3> report_tls_choices{
    {{"none", ReportTls::none}, {"starttls", ReportTls::starttls}, {"implicit", ReportTls::implicit}}};

inline constexpr std::array<Choice<dmarc::Discovery>, 2> discovery_choices{
    {{"tree_walk", dmarc::Discovery::tree_walk}, {"psl", dmarc::Discovery::psl}}};

inline constexpr std::array<Choice<authenticate::Action>, 6> action_choices{
    {{"accept", authenticate::Action::accept},
     {"mark", authenticate::Action::mark},
     {"quarantine", authenticate::Action::quarantine},
     {"tempfail", authenticate::Action::tempfail},
     {"reject", authenticate::Action::reject},
     {"discard", authenticate::Action::discard}}};

// What a fault of the DNS may lead to: nothing that is final.
inline constexpr std::array<Choice<authenticate::Action>, 4> temperror_choices{
    {{"accept", authenticate::Action::accept},
     {"mark", authenticate::Action::mark},
     {"quarantine", authenticate::Action::quarantine},
     {"tempfail", authenticate::Action::tempfail}}};

inline constexpr std::array<Choice<authenticate::Enforcement>, 3> enforcement_choices{
    {{"annotate", authenticate::Enforcement::annotate},
     {"enforce", authenticate::Enforcement::enforce},
     {"strict", authenticate::Enforcement::strict}}};

inline constexpr std::array<Choice<authenticate::Ground>, authenticate::ground_count> ground_choices{
    {{"author", authenticate::Ground::author},
     {"spf", authenticate::Ground::spf},
     {"helo", authenticate::Ground::helo},
     {"dkim", authenticate::Ground::dkim},
     {"iprev", authenticate::Ground::iprev},
     {"dmarc", authenticate::Ground::dmarc}}};

inline constexpr std::array<Choice<authenticate::OverrideType>, 4> override_choices{
    {{"local_policy", authenticate::OverrideType::local_policy},
     {"mailing_list", authenticate::OverrideType::mailing_list},
     {"trusted_forwarder", authenticate::OverrideType::trusted_forwarder},
     {"other", authenticate::OverrideType::other}}};

inline constexpr std::array<Choice<authenticate::Evidence>, 4> evidence_choices{
    {{"spf_pass", authenticate::Evidence::spf_pass},
     {"dkim_pass", authenticate::Evidence::dkim_pass},
     {"dkim_body_hash", authenticate::Evidence::dkim_body_hash},
     {"iprev_pass", authenticate::Evidence::iprev_pass}}};

inline constexpr std::array<Choice<authenticate::Action>, 3> own_mail_choices{
    {{"accept", authenticate::Action::accept},
     {"tempfail", authenticate::Action::tempfail},
     {"reject", authenticate::Action::reject}}};

inline constexpr std::array<Choice<authenticate::RewrittenSender>, 2> srs_choices{
    {{"none", authenticate::RewrittenSender::none}, {"decode", authenticate::RewrittenSender::decode}}};

inline constexpr std::array<Choice<message::ReceivedForm>, 20> received_form_choices{
    {{"any", message::ReceivedForm::any},
     {"rfc5321", message::ReceivedForm::rfc5321},
     {"postfix", message::ReceivedForm::postfix},
     {"sendmail", message::ReceivedForm::sendmail},
     {"exim", message::ReceivedForm::exim},
     {"exchange", message::ReceivedForm::exchange},
     {"gmail", message::ReceivedForm::gmail},
     {"qmail", message::ReceivedForm::qmail},
     {"qmail-ldap", message::ReceivedForm::qmail_ldap},
     {"qsmtp", message::ReceivedForm::qsmtp},
     {"opensmtpd", message::ReceivedForm::opensmtpd},
     {"haraka", message::ReceivedForm::haraka},
     {"mdaemon", message::ReceivedForm::mdaemon},
     {"zimbra", message::ReceivedForm::zimbra},
     {"halon", message::ReceivedForm::halon},
     {"kumomta", message::ReceivedForm::kumomta},
     {"stalwart", message::ReceivedForm::stalwart},
     {"mox", message::ReceivedForm::mox},
     {"dovecot", message::ReceivedForm::dovecot},
     {"zmailer", message::ReceivedForm::zmailer}}};

inline constexpr std::array<Choice<dkim::Canonicalization>, 2> canonicalization_choices{
    {{"simple", dkim::Canonicalization::simple}, {"relaxed", dkim::Canonicalization::relaxed}}};

inline constexpr std::array<Choice<Mode>, 3> mode_choices{
    {{"both", Mode::both}, {"verify", Mode::verify}, {"sign", Mode::sign}}};

inline constexpr std::array<Choice<authenticate::Action>, 2> internal_error_choices{
    {{"tempfail", authenticate::Action::tempfail}, {"accept", authenticate::Action::accept}}};

inline constexpr std::array<Choice<authenticate::Action>, 2> over_limit_choices{
    {{"reject", authenticate::Action::reject}, {"tempfail", authenticate::Action::tempfail}}};

inline constexpr std::array<Choice<dkim::UncoveredFields>, 2> uncovered_field_choices{
    {{"warn", dkim::UncoveredFields::warn}, {"policy", dkim::UncoveredFields::policy}}};

inline constexpr std::array<Choice<MissingKey>, 2> missing_key_choices{
    {{"tempfail", MissingKey::tempfail}, {"unsigned", MissingKey::sign_without}}};

inline constexpr std::array<Choice<Fragile>, 3> fragile_choices{
    {{"sign", Fragile::sign}, {"warn", Fragile::warn}, {"tempfail", Fragile::tempfail}}};

inline constexpr std::array<Choice<KeyState>, 4> key_state_choices{{{"pending", KeyState::pending},
                                                                    {"active", KeyState::active},
                                                                    {"retiring", KeyState::retiring},
                                                                    {"retired", KeyState::retired}}};

inline constexpr std::array<Choice<PublishBy>, 4> publish_choices{{{"none", PublishBy::none},
                                                                   {"nsupdate", PublishBy::nsupdate},
                                                                   {"zone_file", PublishBy::zone_file},
                                                                   {"hook", PublishBy::hook}}};

inline constexpr std::array<Choice<RotatedType>, 3> rotated_type_choices{
    {{"rsa", RotatedType::rsa}, {"ed25519", RotatedType::ed25519}, {"both", RotatedType::both}}};

inline constexpr std::array<Choice<KeyField>, 6> key_field_choices{{{"From", KeyField::from},
                                                                    {"Sender", KeyField::sender},
                                                                    {"List-Post", KeyField::list_post},
                                                                    {"List-Id", KeyField::list_id},
                                                                    {"Resent-From", KeyField::resent_from},
                                                                    {"envelope", KeyField::envelope}}};

inline constexpr std::array<Choice<SenderMismatch>, 3> sender_mismatch_choices{
    {{"unsigned", SenderMismatch::sign_without},
     {"tempfail", SenderMismatch::tempfail},
     {"reject", SenderMismatch::reject}}};

inline constexpr std::array<Choice<LogTarget>, 2> log_target_choices{
    {{"syslog", LogTarget::syslog}, {"stderr", LogTarget::stderr_stream}}};

inline constexpr std::array<Choice<LogFacility>, 11> log_facility_choices{{{"mail", LogFacility::mail},
                                                                           {"daemon", LogFacility::daemon},
                                                                           {"user", LogFacility::user},
                                                                           {"local0", LogFacility::local0},
                                                                           {"local1", LogFacility::local1},
                                                                           {"local2", LogFacility::local2},
                                                                           {"local3", LogFacility::local3},
                                                                           {"local4", LogFacility::local4},
                                                                           {"local5", LogFacility::local5},
                                                                           {"local6", LogFacility::local6},
                                                                           {"local7", LogFacility::local7}}};

inline constexpr std::array<Choice<LogLevel>, 5> log_level_choices{{{"debug", LogLevel::debug},
                                                                    {"info", LogLevel::info},
                                                                    {"notice", LogLevel::notice},
                                                                    {"warning", LogLevel::warning},
                                                                    {"error", LogLevel::error}}};

} // namespace config
