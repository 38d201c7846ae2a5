#include "milter/tool/record_format.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "keys/published_record.h"
#include "milter/command_line/app.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace milter::tool {

namespace {

using nlohmann::ordered_json;

std::string record_of(const NamedKey& name) {
    const auto or_word = [](const std::string& text, const char* word) { return text.empty() ? word : text; };
    return keys::record_name(or_word(name.selector, "SELECTOR"), or_word(name.domain, "DOMAIN"));
}

void print_text(const std::vector<ReadKey>& all, std::ostream& out) {
    for (const ReadKey& one : all) {
        const auto record = record_of(one.name);
        const auto value = keys::record_value(one.key);
        fmt::print(out, "{}{}\n\nName:  {}\nValue: {}\n", &one == &all.front() ? "" : "\n",
                   keys::zone_line(record, value), record, value);
    }
}

// Alone in a file a record may stand in the zone of its domain, as with opendkim-genkey; those of several
// domains need their whole names.
void print_opendkim(const std::vector<ReadKey>& all, std::ostream& out) {
    const bool complete = std::any_of(all.begin(), all.end(), [&](const ReadKey& one) {
        return one.name.domain != all.front().name.domain;
    });
    for (const ReadKey& one : all) {
        fmt::print(out, "{}\n",
                   keys::opendkim_record({one.name.selector, one.name.domain}, one.key, complete));
    }
}

void print_values(const std::vector<ReadKey>& all, std::ostream& out) {
    for (const ReadKey& one : all) {
        fmt::print(out, "{}{}{}\n", all.size() > 1 ? record_of(one.name) : "", all.size() > 1 ? "\t" : "",
                   keys::record_value(one.key));
    }
}

void print_update(const std::vector<ReadKey>& all, const RecordFormat& format, std::ostream& out) {
    if (!format.server.empty()) {
        fmt::print(out, "server {}\n", format.server);
    }
    if (!format.zone.empty()) {
        fmt::print(out, "zone {}\n", format.zone);
    }
    for (const ReadKey& one : all) {
        fmt::print(out, "{}\n",
                   keys::update_script(record_of(one.name), keys::record_value(one.key), format.ttl));
    }
}

void print_json(const std::vector<ReadKey>& all, std::ostream& out) {
    ordered_json list = ordered_json::array();
    for (const ReadKey& one : all) {
        list.push_back({{"domain", one.name.domain},
                        {"selector", one.name.selector},
                        {"name", record_of(one.name)},
                        {"value", keys::record_value(one.key)},
                        {"type", print(one.key.type())},
                        {"bits", one.key.bits()},
                        {"key", base::shown(place_of(one.name), 1024)}});
    }
    fmt::print(out, "{}\n", list.dump(2, ' ', true, ordered_json::error_handler_t::replace));
}

// What goes into a script that a program reads line by line.
std::string one_word(const std::string& text) {
    return !text.empty() && base::all_printable(text) && text.find(' ') == std::string::npos
               ? std::string()
               : std::string("must be a name or an address");
}

} // namespace

void add_record_format(command_line::App& app, RecordFormat& format) {
    app.add_option("--format", format.format,
                   "text: for zone files and for web forms; zone: lines of a zone file; opendkim: as "
                   "opendkim-genkey prints it; value: in one piece; json; nsupdate: a script for nsupdate(1)")
        ->among({"text", "zone", "opendkim", "value", "json", "nsupdate"})
        ->capture_default_str();
    app.add_option("--ttl", format.ttl, "Of the records that nsupdate adds, in seconds")
        ->within(1, 604800)
        ->capture_default_str();
    app.add_option("--server", format.server, "The server that nsupdate tells (default: it finds it)")
        ->check(one_word, "HOST")
        ->type_name("HOST");
    app.add_option("--zone", format.zone, "The zone that nsupdate changes (default: it finds it)")
        ->check(one_word, "ZONE")
        ->type_name("ZONE");
}

void print_records(const std::vector<ReadKey>& keys, const RecordFormat& format, std::ostream& out) {
    if (format.format == "opendkim") {
        print_opendkim(keys, out);
    } else if (format.format == "value") {
        print_values(keys, out);
    } else if (format.format == "json") {
        print_json(keys, out);
    } else if (format.format == "nsupdate") {
        print_update(keys, format, out);
    } else if (format.format == "zone") {
        for (const ReadKey& one : keys) {
            fmt::print(out, "{}\n", keys::zone_line(record_of(one.name), keys::record_value(one.key)));
        }
    } else {
        print_text(keys, out);
    }
}

} // namespace milter::tool
