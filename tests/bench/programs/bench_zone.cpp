#include "bench/programs/bench_zone.h"

#include "base/ascii.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bench {

namespace {

// The number in the first "-123" of a name, and the name with "-#" in its place.
struct Numbered {
    std::string name;
    std::string number;
};

std::optional<Numbered> find_number(std::string_view name) {
    constexpr std::string_view digits = "0123456789";
    for (auto dash = name.find('-'); dash != std::string_view::npos; dash = name.find('-', dash + 1)) {
        const auto end = std::min(name.find_first_not_of(digits, dash + 1), name.size());
        if (end > dash + 1) {
            std::string general(name.substr(0, dash + 1));
            general.append("#").append(name.substr(end));
            return Numbered{std::move(general), std::string(name.substr(dash + 1, end - dash - 1))};
        }
    }
    return std::nullopt;
}

std::string with_number(std::string text, const std::string& number) {
    for (auto at = text.find('#'); at != std::string::npos; at = text.find('#', at + number.size())) {
        text.replace(at, 1, number);
    }
    return text;
}

// RFC 1035 3.3.14: strings of at most 255 octets, each behind its length.
std::string txt_data(std::string_view text) {
    constexpr std::size_t longest = 255;
    std::string data;
    do {
        const auto piece = text.substr(0, longest);
        text.remove_prefix(piece.size());
        data.push_back(static_cast<char>(static_cast<unsigned char>(piece.size())));
        data += piece;
    } while (!text.empty());
    return data;
}

std::string address_data(const std::string& text) {
    std::array<char, 4> octets{};
    if (inet_pton(AF_INET, text.c_str(), octets.data()) != 1) {
        throw std::runtime_error(text + " is no IPv4 address");
    }
    return {octets.data(), octets.size()};
}

// RFC 1035 3.3.9: a preference, and a name in labels.
std::string exchange_data(std::string_view name) {
    std::string data(2, '\0');
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        data.push_back(static_cast<char>(static_cast<unsigned char>(label.size())));
        data += label;
        name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    return data += '\0';
}

} // namespace

BenchZone BenchZone::read(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error(path + " cannot be read");
    }
    BenchZone zone;
    for (std::string line; std::getline(file, line);) {
        zone.add(line);
    }
    return zone;
}

void BenchZone::add(const std::string& line) {
    std::istringstream words(line);
    std::string name;
    std::string type;
    if (!(words >> name >> type)) {
        return;
    }
    std::string data;
    std::getline(words >> std::ws, data);
    Entry& entry = entries_[base::to_lower(name)];
    if (type == "TXT") {
        entry.texts.push_back(data);
    } else if (type == "A") {
        entry.addresses.push_back(address_data(data));
    } else if (type == "MX") {
        entry.exchanges.push_back(data);
    } else if (type == "DELAY") {
        entry.delay_ms = std::stoi(data);
    } else {
        throw std::runtime_error("unknown type in: " + line);
    }
}

BenchZone::Found BenchZone::find(std::string_view name, std::uint16_t type) const {
    std::string number = "#";
    auto found = entries_.find(std::string(name));
    if (found == entries_.end()) {
        if (auto numbered = find_number(name)) {
            found = entries_.find(numbered->name);
            number = std::move(numbered->number);
        }
    }
    if (found == entries_.end()) {
        return {};
    }
    const Entry& entry = found->second;
    Found result{
        !entry.texts.empty() || !entry.addresses.empty() || !entry.exchanges.empty(), {}, entry.delay_ms};
    if (type == type_a) {
        result.data = entry.addresses;
    } else if (type == type_txt) {
        for (const std::string& text : entry.texts) {
            result.data.push_back(txt_data(with_number(text, number)));
        }
    } else if (type == type_mx) {
        for (const std::string& host : entry.exchanges) {
            result.data.push_back(exchange_data(with_number(host, number)));
        }
    }
    return result;
}

} // namespace bench
