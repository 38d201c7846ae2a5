#include "authenticate/border.h"

#include "authenticate/rewritten_sender.h"
#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/private_address.h"

#include <fmt/format.h>

#include <algorithm>

namespace authenticate {

namespace {

using Networks = std::vector<base::IpNetwork>;

bool contains(const Networks& networks, const base::IpAddress& address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const auto& network) { return network.contains(address); });
}

bool is_named(std::string_view host, const std::string& name) {
    return name.starts_with('.') ? base::to_lower(host).ends_with(base::to_lower(name))
                                 : base::iequals(host, name);
}

class Walk {
  public:
    Walk(const base::IpAddress& client, const message::HeaderList& headers, const RelayRules& rules)
        : headers_(headers), rules_(rules), at_(client) {
        passage_.relay = client;
    }

    Passage run() {
        const Relay* relay = find_relay(rules_, at_);
        if (relay == nullptr) {
            passage_.reason = "it is no relay of ours";
            return std::move(passage_);
        }
        enter(*relay);
        for (const message::HeaderField& field : headers_) {
            if (field.is_named("Received") && !follow(field)) {
                return std::move(passage_);
            }
        }
        passage_.reason = fmt::format("no Received field of {}", at_.print());
        return std::move(passage_);
    }

  private:
    void enter(const Relay& relay) {
        relay_ = &relay;
        inside_ = false;
        passage_.relays.push_back(at_);
    }

    bool stop(std::string reason) {
        passage_.reason = std::move(reason);
        return false;
    }

    // Whether the next field is to be read as well.
    bool follow(const message::HeaderField& field) {
        if (passage_.hops == rules_.most_hops) {
            return stop(fmt::format("more than {} Received fields of relays", rules_.most_hops));
        }
        ++passage_.hops;
        const auto hop = read(field);
        if (!hop) {
            return stop(
                fmt::format("the Received field of {} cannot be read: {}", at_.print(), hop.error().message));
        }
        if (!is_by_relay(*hop)) {
            return stop(fmt::format("the next Received field is not by {}{}", at_.print(), writer(*hop)));
        }
        return hop->internal || go_to(*hop);
    }

    base::Result<message::ReceivedHop> read(const message::HeaderField& field) const {
        auto hop = message::parse_received(field.body(), relay_->form);
        if (!hop && inside_) { // a filter of the relay's has a form of its own
            hop = message::parse_received(field.body(), message::ReceivedForm::amavis);
        }
        return hop;
    }

    [[nodiscard]] bool is_by_relay(const message::ReceivedHop& hop) const {
        const bool own_address = hop.by_address == at_;
        const bool named = std::any_of(relay_->names.begin(), relay_->names.end(),
                                       [&](const auto& name) { return is_named(hop.by, name); });
        // Between their own parts, qmail names no host, and Gmail an address that changes.
        const bool nameless = hop.internal && (hop.by.empty() || hop.by_address);
        // Inside of a host everybody is called localhost.
        const bool localhost = inside_ && base::iequals(hop.by, "localhost");
        // Without names the form has to tell the program, at least.
        const bool by_form = relay_->names.empty() && hop.form != message::ReceivedForm::rfc5321;
        return own_address || named || nameless || localhost || by_form;
    }

    static std::string writer(const message::ReceivedHop& hop) {
        const auto name = base::DomainName::parse(hop.by); // nothing else can be shown everywhere
        return name ? fmt::format(", but by {}", name->text()) : "";
    }

    bool go_to(const message::ReceivedHop& hop) {
        if (hop.logged_in) {
            return stop(fmt::format("a user logged in at {}", at_.print()));
        }
        if (!hop.client) {
            return stop(fmt::format("the Received field of {} names no client address", at_.print()));
        }
        if (contains(relay_->inside, *hop.client)) {
            inside_ = true;
            return true;
        }
        if (hop.client == at_) { // a program on it, with whatever fields below
            return stop(fmt::format("the client of {} is itself", at_.print()));
        }
        if (const Relay* next = find_relay(rules_, *hop.client)) {
            at_ = *hop.client;
            enter(*next);
            return true;
        }
        if (base::is_private(*hop.client)) {
            return stop(
                fmt::format("the client of {} is {}, a private address", at_.print(), hop.client->print()));
        }
        passage_.client = hop.client;
        passage_.helo = hop.helo;
        return false;
    }

    const message::HeaderList& headers_;
    const RelayRules& rules_;
    base::IpAddress at_; // the relay whose field is next
    const Relay* relay_ = nullptr;
    bool inside_ = false; // between its own parts
    Passage passage_;
};

} // namespace

const Relay* find_relay(const RelayRules& rules, const base::IpAddress& address) {
    const auto found = std::find_if(rules.relays.begin(), rules.relays.end(),
                                    [&](const Relay& relay) { return contains(relay.addresses, address); });
    return found == rules.relays.end() ? nullptr : &*found;
}

Passage find_border(const base::IpAddress& client, const message::HeaderList& headers,
                    const RelayRules& rules) {
    return Walk(client, headers, rules).run();
}

Envelope at_border(const Envelope& session, const message::HeaderList& headers, const RelayRules& rules) {
    Envelope border = session;
    Passage passage = session.client ? find_border(*session.client, headers, rules) : Passage{};
    border.client = passage.client;
    border.helo = passage.helo;
    if (auto original = original_sender(session.mail_from, rules)) {
        passage.hidden_sender = std::move(original->problem);
        if (passage.hidden_sender.empty()) {
            passage.rewritten_sender = session.mail_from;
            border.mail_from = std::move(original->path);
        }
    }
    border.relay = std::move(passage);
    return border;
}

} // namespace authenticate
