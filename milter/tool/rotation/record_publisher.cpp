#include "milter/tool/rotation/record_publisher.h"

#include "base/ascii.h"
#include "keys/file_bytes.h"
#include "keys/published_record.h"
#include "milter/tool/rotation/dns_update.h"
#include "milter/tool/rotation/files.h"
#include "milter/tool/rotation/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

namespace milter::tool::rotation {

namespace {

using Done = base::Result<void, std::string>;

std::string with_domain(std::string text, const std::string& domain) {
    for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', at + domain.size())) {
        text.replace(at, 1, domain);
    }
    return text;
}

Program program_of(const std::vector<std::string>& command, const RecordChange& change,
                   const config::Rotation& settings) {
    Program program;
    for (const std::string& word : command) {
        program.command.push_back(with_domain(word, change.domain));
    }
    program.environment = {fmt::format("PARAPH_ACTION={}", change.adds ? "publish" : "withdraw"),
                           fmt::format("PARAPH_DOMAIN={}", change.domain),
                           fmt::format("PARAPH_SELECTOR={}", change.record.selector),
                           fmt::format("PARAPH_NAME={}", change.record.name),
                           fmt::format("PARAPH_VALUE={}", change.record.value),
                           fmt::format("PARAPH_TTL={}", settings.ttl),
                           fmt::format("PARAPH_REPLACE={}", change.replaces ? "yes" : "no")};
    program.time = settings.program_time;
    return program;
}

Done update(const RecordChange& change, const config::Rotation& settings, const Recursion& recursion) {
    std::optional<TsigKey> key;
    if (!settings.tsig_key.empty()) {
        auto read = read_tsig_key(settings.tsig_key);
        if (!read) {
            return base::refuse(read.error());
        }
        key = std::move(*read);
    }
    const auto zone = find_zone(change.record.name, recursion);
    if (!zone) {
        return base::refuse(zone.error());
    }
    return send_update(
        {change.adds, zone->apex, change.record.name, change.record.value, settings.ttl, change.replaces},
        settings.server.front(), key);
}

// RFC 1035 5.1, the TTL in front of the class.
std::string line_of(const KeyRecord& record, unsigned ttl) {
    auto line = keys::zone_line(record.name, record.value);
    const auto blank = line.find(' ');
    return line.insert(blank, fmt::format(" {}", ttl));
}

// Records of names that the change says nothing about stay: `key publish` has put them there. A file that is
// there and cannot be read is left as it is, with all of them.
base::Result<std::string, std::string> others_of(const std::string& path, const RecordChange& change) {
    constexpr std::size_t longest = 1024 * 1024;
    const auto is_meant = [&](std::string_view name) {
        const auto has_it = [&](const KeyRecord& one) { return one.name + '.' == name; };
        return has_it(change.record) || std::any_of(change.all.begin(), change.all.end(), has_it);
    };
    std::string text;
    std::error_code error;
    if (std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found) {
        return text;
    }
    const auto before = keys::OpenFile(path).read(longest);
    if (!before) {
        return base::refuse(fmt::format("{}: {}", path, before.error()));
    }
    for (const std::string_view line : base::split(*before, '\n')) {
        const auto name = line.substr(0, line.find(' '));
        if (name.find("._domainkey.") != std::string_view::npos && !is_meant(name)) {
            text += fmt::format("{}\n", line);
        }
    }
    return text;
}

Done write_zone(const RecordChange& change, const config::Rotation& settings) {
    const auto path = with_domain(settings.zone_file, change.domain);
    const auto others = others_of(path, change);
    if (!others) {
        return base::refuse(others.error());
    }
    std::string text = "; Written by paraph, which writes it again.\n" + *others;
    for (const KeyRecord& record : change.all) {
        text += line_of(record, settings.ttl) + '\n';
    }
    if (auto written = replace_file(path, text, std::nullopt, true); !written) {
        return written;
    }
    return run_program(program_of(settings.zone_command, change, settings));
}

} // namespace

Done change_record(const RecordChange& change, const config::Rotation& settings, const Recursion& recursion) {
    switch (settings.publish) {
    case config::PublishBy::nsupdate:
        return update(change, settings, recursion);
    case config::PublishBy::zone_file:
        return write_zone(change, settings);
    case config::PublishBy::hook:
        return run_program(program_of(settings.hook, change, settings));
    case config::PublishBy::none:
        break;
    }
    return base::refuse(std::string("rotation.publish does not say how records get into the DNS"));
}

} // namespace milter::tool::rotation
