#include "bench/load/corpus.h"

#include "message/parse_message.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace bench {

namespace {

constexpr std::string_view place = "{n}";

void put_number(std::string& text, const std::string& number) {
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at)) {
        text.replace(at, place.size(), number);
    }
}

CorpusMessage read_message(std::string sender, const std::string& text) {
    auto parsed = message::parse_message(text);
    if (!parsed) {
        throw std::runtime_error("a message of the corpus cannot be read");
    }
    CorpusMessage message{std::move(sender), {}, std::move(parsed->body), false};
    for (const message::HeaderField& field : parsed->headers) {
        message.fields.push_back(field.text());
    }
    message.numbered = message.sender.find(place) != std::string::npos;
    return message;
}

} // namespace

CorpusMessage CorpusMessage::with_number(std::size_t number) const {
    CorpusMessage copy = *this;
    const std::string digits = std::to_string(number);
    put_number(copy.sender, digits);
    for (std::string& field : copy.fields) {
        put_number(field, digits);
    }
    return copy;
}

std::vector<CorpusMessage> read_corpus(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<CorpusMessage> corpus;
    std::string sender;
    std::size_t octets = 0;
    while (file >> sender >> octets) {
        std::string text(octets, '\0');
        file.ignore(1);
        if (!file.read(text.data(), static_cast<std::streamsize>(octets))) {
            throw std::runtime_error(fmt::format("{}: ends within a message", path));
        }
        corpus.push_back(read_message(std::move(sender), text));
    }
    if (corpus.empty()) {
        throw std::runtime_error(fmt::format("{}: no messages", path));
    }
    return corpus;
}

} // namespace bench
