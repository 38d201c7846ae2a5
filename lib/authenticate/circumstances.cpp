// Which fields and paths are signs that a message was passed on. A sender can write each of them, and some
// senders do in mail that nobody passed on. What counts is that lists and forwarders do not do without.
// Not counted: List-Unsubscribe and Precedence: bulk, which senders of newsletters write themselves; BATV
// (prvs=), which is the sender's own mark.
#include "authenticate/circumstances.h"

#include "base/ascii.h"
#include "message/reverse_path.h"

#include <array>
#include <string_view>

namespace authenticate {

namespace {

struct Sign {
    std::string_view field;
    bool by_list = false;
};

// RFC 2369 3, RFC 2919 3, and what ezmlm, Yahoo and Mailman write.
constexpr Sign of_lists[] = {{"List-Id", true},        {"List-Post", true},     {"List-Archive", true},
                             {"List-Subscribe", true}, {"List-Owner", true},    {"Mailing-List", true},
                             {"X-BeenThere", true},    {"X-Mailing-List", true}};

// RFC 5322 3.6.6; RFC 8617 4.1.3; what mail servers write that send on for a user or deliver to an alias.
constexpr Sign of_forwarders[] = {{"Resent-From"},
                                  {"Resent-Sender"},
                                  {"ARC-Seal"},
                                  {"X-Forwarded-To"},
                                  {"X-Forwarded-For"},
                                  {"X-MS-Exchange-ForwardingLoop"},
                                  {"X-MS-Exchange-Inbox-Rules-Loop"},
                                  {"Delivered-To"}};

std::string_view start_of(const message::HeaderField& field) {
    return field.body().substr(0, read_of_list_field);
}

// What stands in the first angle brackets; empty unless it is visible ASCII throughout.
std::string bracketed(std::string_view body) {
    const std::size_t open = body.find('<');
    const std::size_t close = body.find('>', open == std::string_view::npos ? body.size() : open);
    if (close == std::string_view::npos) {
        return {};
    }
    const std::string_view inside = base::trim_fws(body.substr(open + 1, close - open - 1));
    for (const char c : inside) {
        if (!base::is_visible(c)) {
            return {};
        }
    }
    return base::to_lower(inside);
}

std::string mailto(const std::string& uri) {
    constexpr std::string_view scheme = "mailto:";
    return uri.starts_with(scheme) ? uri.substr(scheme.size(), uri.find('?') - scheme.size()) : std::string();
}

// How forwarders and list servers write the sender's address.
std::string_view sign_in_path(const message::ReversePath& path, bool& by_list) {
    const std::string local_part = base::to_lower(path.local_part);
    constexpr std::array<std::string_view, 6> srs{"srs0=", "srs0+", "srs0-", "srs1=", "srs1+", "srs1-"};
    for (const std::string_view prefix : srs) {
        if (local_part.starts_with(prefix)) {
            return "a sender rewritten by SRS";
        }
    }
    if (local_part.find("+caf_=") != std::string::npos) {
        return "a sender of automatic forwarding";
    }
    by_list = local_part.starts_with("owner-") || local_part.ends_with("-bounces") ||
              local_part.find("-bounces+") != std::string::npos;
    return by_list ? "a list's bounce address" : "";
}

bool is_precedence_list(const message::HeaderList& headers) {
    const message::HeaderField* field = headers.first("Precedence");
    return field != nullptr && base::iequals(base::trim_fws(start_of(*field)), "list");
}

void find_passed_on(const message::HeaderList& headers, const std::string& mail_from, Signs& signs) {
    const auto look_for = [&](const auto& list) {
        for (const Sign& sign : list) {
            if (signs.passed_on.empty() && headers.first(sign.field) != nullptr) {
                signs.passed_on = sign.field;
                signs.by_list = sign.by_list;
            }
        }
    };
    look_for(of_lists);
    if (signs.passed_on.empty() && is_precedence_list(headers)) {
        signs.passed_on = "Precedence";
        signs.by_list = true;
    }
    if (signs.passed_on.empty()) {
        signs.passed_on = sign_in_path(message::read_reverse_path(mail_from), signs.by_list);
    }
    look_for(of_forwarders);
}

} // namespace

Signs find_signs(const message::HeaderList& headers, const std::string& mail_from) {
    Signs signs;
    if (const auto* field = headers.first("List-Id")) {
        signs.list_id = bracketed(start_of(*field));
    }
    if (const auto* field = headers.first("List-Post")) {
        signs.list_post = mailto(bracketed(start_of(*field)));
    }
    find_passed_on(headers, mail_from, signs);
    return signs;
}

} // namespace authenticate
