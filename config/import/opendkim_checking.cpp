// What opendkim does with mail that comes in.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/keyword_file.h"
#include "config/import/opendkim.h"

#include <fmt/format.h>

#include <array>

namespace config::import {

namespace {

enum class Action : std::uint8_t { accept, discard, quarantine, reject, tempfail };

// Words of OpenDKIM, or their first letters.
std::optional<Action> read_action(std::string_view word) {
    struct Known {
        std::string_view word;
        Action action;
    };
    constexpr std::array<Known, 5> known{{{"accept", Action::accept},
                                          {"discard", Action::discard},
                                          {"quarantine", Action::quarantine},
                                          {"reject", Action::reject},
                                          {"tempfail", Action::tempfail}}};
    for (const Known& one : known) {
        if (base::iequals(one.word, word) || base::iequals(one.word.substr(0, 1), word)) {
            return one.action;
        }
    }
    return std::nullopt;
}

std::string_view word_of(Action action) {
    switch (action) {
    case Action::accept:
    case Action::quarantine: // without effect
        return "accept";
    case Action::discard:
        return "discard";
    case Action::reject:
        return "reject";
    case Action::tempfail:
        return "tempfail";
    }
    return {};
}

class Actions {
  public:
    explicit Actions(Job& job) : job_(job) {}

    void import() {
        default_ = read("On-Default");
        bad_signature();
        no_signature();
        policy("On-KeyNotFound", "policy.dkim_no_key");
        dns_error();
        security();
        own("On-InternalError", "on_internal_error", "accept");
        own("On-SignatureError", "signing.on_error", "unsigned");
    }

  private:
    struct Asked {
        const Option* option;
        Action action;
    };

    std::optional<Asked> read(std::string_view name) {
        const Option* option = job_.find(name);
        if (option == nullptr) {
            return std::nullopt;
        }
        const auto action = read_action(option->value);
        if (!action) {
            job_.tell(Effect::decide, *option,
                      fmt::format("{} is no action; OpenDKIM passes over it, and so does this",
                                  base::quoted(option->value)));
            return std::nullopt;
        }
        return Asked{option, *action};
    }

    // On-Default holds for what is not given, and for what is no action.
    std::optional<Asked> asked(std::string_view name) {
        const auto own = read(name);
        const auto one = own ? own : default_;
        if (one && one->action == Action::quarantine) {
            job_.tell(Effect::senders, *one->option,
                      fmt::format("quarantine for {} had no effect and is not carried over; paraphd can hold "
                                  "such mail, see policy.md",
                                  name));
        }
        return one;
    }

    std::optional<Asked> policy(std::string_view name, std::string_view path) {
        const auto one = asked(name);
        if (one) {
            job_.set(*one->option, path, word_of(one->action));
        }
        return one;
    }

    // OpenDKIM does not get to it where a result is written for such mail.
    void no_signature() {
        if (!job_.is_yes("AlwaysAddARHeader")) {
            policy("On-NoSignature", "policy.dkim_none");
            return;
        }
        const auto one = asked("On-NoSignature");
        if (one && word_of(one->action) != "accept") {
            job_.tell(Effect::decide, *one->option,
                      "mail without a signature is accepted, as before: beside AlwaysAddARHeader OpenDKIM "
                      "does nothing about it. If it shall be refused, set policy.dkim_none");
        }
    }

    void bad_signature() {
        const auto one = policy("On-BadSignature", "policy.dkim_fail");
        if (one && word_of(one->action) != "accept") {
            job_.tell(
                Effect::senders, *one->option,
                "a body that is not the one that was signed is seen without the key: such mail is treated "
                "so now where the key is not found or cannot be looked up, too");
        }
    }

    void dns_error() {
        const auto one = asked("On-DNSError");
        if (!one || one->action == Action::accept || one->action == Action::quarantine) {
            return;
        }
        job_.set(*one->option, "policy.dkim_temperror", "tempfail");
        job_.tell(Effect::senders, *one->option,
                  "mail whose key cannot be looked up for a fault of the DNS is put off now; with OpenDKIM "
                  "On-DNSError had no effect");
    }

    void security() {
        const auto one = asked("On-Security");
        if (!one) {
            return;
        }
        const bool hard = one->action == Action::reject || one->action == Action::discard;
        job_.set(*one->option, "limits.over_limit", hard ? "reject" : "tempfail");
        if (one->action == Action::accept) {
            job_.tell(Effect::senders, *one->option,
                      "mail over a limit is put off and not accepted: what was not looked at could hide a "
                      "forged result");
        }
    }

    // Faults of our own.
    void own(std::string_view name, std::string_view path, std::string_view accepting) {
        const auto one = asked(name);
        if (!one) {
            return;
        }
        job_.set(*one->option, path, one->action == Action::accept ? accepting : "tempfail");
        if (one->action == Action::reject || one->action == Action::discard) {
            job_.tell(Effect::senders, *one->option,
                      fmt::format("mail is put off where {} rejected or discarded it: a fault of paraphd is "
                                  "no reason to lose mail",
                                  name));
        }
    }

    Job& job_;
    std::optional<Asked> default_;
};

void import_limits(Job& job) {
    const auto carry_positive = [&](std::string_view name, std::string_view path) {
        const Option* option = job.find(name);
        if (option == nullptr) {
            return;
        }
        if (read_number(option->value) == 0UL) {
            job.tell(Effect::note, *option, fmt::format("0 is not carried over: {} keeps its default", path));
            return;
        }
        job.set(*option, path, option->value);
    };
    carry_positive("MaximumSignaturesToVerify", "dkim.max_signatures");
    carry_positive("MaximumHeaders", "limits.header_bytes");
    const Option* bits = job.find("MinimumKeyBits");
    if (bits != nullptr && read_number(bits->value) != 0UL) { // 0 is its default, 1024
        job.set(*bits, "dkim.minimum_key_bits", bits->value);
    }
    job.carry_seconds("ClockDrift", "dkim.clock_drift");
}

void import_required(Job& job) {
    for (const std::string_view name : {"RequiredHeaders", "StrictHeaders"}) {
        if (job.is_yes(name)) {
            job.set(*job.find(name), "author.missing", "reject");
            job.set(*job.find(name), "author.several_fields", "reject");
            job.tell(
                Effect::senders, *job.find(name),
                "mail without From or with several of them is rejected, as before; mail that lacks other "
                "fields, such as Date, is not any more");
        }
    }
    const Option* covered = job.find("MustBeSigned");
    const auto items = covered == nullptr ? std::nullopt : job.items_of(*covered);
    if (items) {
        std::vector<std::string> names;
        for (const SetItem& item : *items) {
            names.push_back(item.name);
        }
        job.set_list(*covered, "dkim.required_fields", names);
        job.set(*covered, "dkim.uncovered_fields", "policy");
    }
}

void import_removed_ids(Job& job) {
    const Option* option = job.find("RemoveARFrom");
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    if (!items) {
        return;
    }
    for (const SetItem& item : *items) {
        if (item.name.starts_with('.')) {
            job.tell(Effect::note, {option->name, item.name, item.place, 0},
                     fmt::format("{} is left out: OpenDKIM compares whole names, so that it matched nothing",
                                 base::quoted(item.name)));
        } else {
            job.work().strip.push_back(item.name);
            job.work().strip_place = option->place;
        }
    }
}

} // namespace

void import_dkim_checking(Job& job) {
    Actions(job).import();
    import_limits(job);
    import_required(job);
    import_removed_ids(job);
    if (const Option* facility = job.find("SyslogFacility")) {
        job.set(*facility, "log.facility", base::to_lower(facility->value));
    }
    const Option* servers = job.find("Nameservers");
    if (servers != nullptr) {
        std::vector<std::string> addresses;
        for (const auto part : base::split(servers->value, ',')) {
            addresses.emplace_back(base::trim_wsp(part));
        }
        job.set_list(*servers, "dns.nameservers", addresses);
    }
}

} // namespace config::import
