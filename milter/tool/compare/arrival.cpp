#include "milter/tool/compare/arrival.h"

#include "base/ascii.h"
#include "base/private_address.h"
#include "message/from.h"
#include "message/received.h"
#include "message/reverse_path.h"

#include <algorithm>
#include <array>
#include <optional>

namespace milter::tool::compare {

namespace {

// Of documentation: nobody's.
const char* const made_up_client = "192.0.2.1";
const char* const made_up_helo = "client.invalid";

constexpr std::array<std::string_view, 5> delivery_fields{"Return-Path", "Delivered-To", "X-Original-To",
                                                          "Envelope-To", "X-Envelope-To"};

struct Hop {
    std::size_t place = 0; // of its field
    message::ReceivedHop hop{};
};

std::optional<Hop> find_hop(const message::HeaderList& headers) {
    constexpr std::size_t most = 30;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < headers.size() && seen < most; ++i) {
        if (!headers[i].is_named("Received")) {
            continue;
        }
        ++seen;
        const auto hop = message::parse_received(headers[i].body(), message::ReceivedForm::any);
        if (hop && hop->client && !hop->logged_in && !base::is_private(*hop->client)) {
            return Hop{i, *hop};
        }
    }
    return std::nullopt;
}

bool is_of_delivery(const message::HeaderField& field) {
    return std::ranges::any_of(delivery_fields, [&](std::string_view name) { return field.is_named(name); });
}

// From the field at `first` on.
message::Message without_traces(const message::Message& message, std::size_t first) {
    message::Message rest;
    for (std::size_t i = first; i < message.headers.size(); ++i) {
        if (!is_of_delivery(message.headers[i])) {
            rest.headers.add(message.headers[i]);
        }
    }
    rest.body = message.body;
    if (!rest.body.empty() && !rest.body.ends_with('\n')) {
        rest.body += "\r\n"; // as a mail server does before it asks anybody
    }
    return rest;
}

std::string sender_of(const Sample& sample, const message::HeaderList& headers) {
    const auto* const path = headers.first("Return-Path");
    const std::string written(
        base::trim_fws(path == nullptr ? std::string_view(sample.sender) : path->body()));
    if (written == "<>" || written == "MAILER-DAEMON") { // the latter as the line "From " of an mbox has it
        return {};
    }
    const auto read = message::read_reverse_path(written);
    const bool good =
        !read.null && !read.domain.empty() && read.problem.empty() && base::all_printable(written);
    return good ? read.local_part + "@" + read.domain : std::string();
}

std::string author_of(const message::HeaderList& headers) {
    const auto author = message::find_author(headers);
    return author.domains.empty() ? std::string() : author.domains.front().text();
}

} // namespace

Arrival read_arrival(const Sample& sample, message::Message message) {
    const auto hop = sample.is_made_up ? std::nullopt : find_hop(message.headers);
    Arrival arrival;
    arrival.client =
        hop ? *hop->hop.client : base::IpAddress::parse(made_up_client).value_or(base::IpAddress());
    arrival.helo =
        hop && !hop->hop.helo.empty() && base::all_printable(hop->hop.helo) ? hop->hop.helo : made_up_helo;
    arrival.sender = sender_of(sample, message.headers);
    arrival.author = author_of(message.headers);
    arrival.message = without_traces(message, hop ? hop->place + 1 : 0);
    return arrival;
}

} // namespace milter::tool::compare
