// Why a difference is there, where that is known: what paraphd does in another way on purpose, and the page
// of the guide that tells of it.
#pragma once

#include "base/ip_network.h"
#include "config/import/import.h"
#include "config/settings.h"
#include "message/from.h"
#include "milter/tool/compare/difference.h"
#include "milter/tool/compare/dmarc_facts.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace milter::tool::compare {

struct Reason {
    std::string_view text;
    std::string_view page; // of the guide
};

// Which options the old configurations give, as "opendkim.mode" and "opendkim.mode=sv" in lower case, and the
// new settings.
struct Configured {
    std::set<std::string> given;
    config::Settings settings;
    bool has_opendmarc = false;
    bool has_policyd = false;
    bool opendmarc_checks_spf = false;
    std::vector<base::IpNetwork> skipped{}; // clients about which policyd-spf is not asked

    [[nodiscard]] bool gives(std::string_view option) const { return given.contains(std::string(option)); }
};

struct Case {
    const Difference& difference;
    const Configured& configured;
    const Answer& was;
    const Answer& is;
    message::Author author;
    Way way = Way::inbound;
    bool from_nobody = false;   // MAIL FROM:<>
    std::string_view from = {}; // the field, where there is one
    DmarcFacts dmarc{};
    std::string_view sender_domain = {}; // that SPF is about: of MAIL FROM, else of HELO
    const base::IpAddress* client = nullptr;
};

// Null: nobody knows.
[[nodiscard]] const Reason* reason_of(const Case& one);

[[nodiscard]] Configured configured(const config::import::Inputs& inputs, const config::import::Files& files,
                                    const config::Settings& settings);

} // namespace milter::tool::compare
