#include "milter/tool/message_input.h"

#include "message/from.h"
#include "milter/tool/files.h"

#include <fmt/format.h>

#include <chrono>

namespace tool {

Result<MessageFile> read_message(const std::string& path, const message::Limits& limits, Console& console) {
    auto text = read_input(path, console);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    auto message = message::parse_message(*text, limits);
    if (!message) {
        return fail(ExitCode::data, fmt::format("{}: at byte {}: {}", path == "-" ? "standard input" : path,
                                                message.error().position, message.error().message));
    }
    return MessageFile{std::move(*text), std::move(*message)};
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

} // namespace tool
