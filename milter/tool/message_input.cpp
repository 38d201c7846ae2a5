#include "milter/tool/message_input.h"

#include "base/ascii.h"
#include "message/from.h"
#include "milter/tool/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace milter::tool {

namespace {

std::string shown(const std::string& path) {
    return path == "-" ? "standard input" : path;
}

Result<MessageFile> parse(const std::string& path, std::string text, const message::Limits& limits) {
    auto message = message::parse_message(text, limits);
    if (!message) {
        return fail(ExitCode::data, fmt::format("{}: at byte {}: {}", shown(path), message.error().position,
                                                message.error().message));
    }
    return MessageFile{std::move(text), std::move(*message)};
}

// Control characters where a header should be, and no field in the first line: an image, an archive, UTF-16.
// A message whose first line is a field may hold any octets, for they are what is to be looked at.
bool is_binary(std::string_view text) {
    constexpr std::size_t looked_at = 1024;
    constexpr std::string_view harmless = "\t\n\f\r\x1b";
    const std::string_view start = text.substr(0, looked_at);
    const bool has_controls = std::any_of(start.begin(), start.end(), [&](char c) {
        return base::is_control(c) && harmless.find(c) == std::string_view::npos;
    });
    return has_controls && !message::HeaderField::from_text(start.substr(0, start.find('\n'))).well_formed();
}

std::string_view obstacle(std::string_view text) {
    if (base::trim_fws(text).empty()) {
        return "is empty";
    }
    return is_binary(text) ? "is binary data, not a message" : "";
}

bool has_field(const message::HeaderList& headers) {
    return std::any_of(headers.begin(), headers.end(), [](const auto& field) { return field.well_formed(); });
}

} // namespace

Result<MessageFile> read_message(const std::string& path, const message::Limits& limits, Console& console) {
    auto text = read_input(path, console);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    return parse(path, std::move(*text), limits);
}

Result<MessageFile> read_mail(const std::string& path, const message::Limits& limits, Console& console) {
    auto text = read_input(path, console);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    if (const auto why = obstacle(*text); !why.empty()) {
        return fail(ExitCode::data, fmt::format("{} {}", shown(path), why));
    }
    auto file = parse(path, std::move(*text), limits);
    if (file && !has_field(file->message.headers)) {
        return fail(ExitCode::data, fmt::format("{} is not a message: it has no header field", shown(path)));
    }
    return file;
}

HashedMessage hash_message(const message::Message& message, const dkim::Limits& limits) {
    HashedMessage hashed;
    hashed.signatures = dkim::find_signatures(message.headers, limits, hashed.bodies,
                                              message::find_author(message.headers).domains);
    hashed.bodies.update(message.body);
    hashed.bodies.finish();
    return hashed;
}

base::UnixTime reception_time(const std::optional<base::UnixTime>& given) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return given.value_or(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

} // namespace milter::tool
