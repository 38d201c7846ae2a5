#include "scenario.h"

#include "base/ascii.h"
#include "dns/answers_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace scenario {

namespace {

using Error = base::Result<void>;

// "{{e2 80 80}}" stands for these bytes, so that files stay text. Anything else between braces stays as it
// is.
std::string with_bytes(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find("{{");
        const auto close = text.find("}}", open == std::string_view::npos ? 0 : open);
        if (open == std::string_view::npos || close == std::string_view::npos) {
            break;
        }
        out += text.substr(0, open);
        for (const auto pair : base::split(text.substr(open + 2, close - open - 2), ' ')) {
            unsigned value = 0;
            std::from_chars(pair.data(), pair.data() + pair.size(), value, 16);
            out.push_back(static_cast<char>(static_cast<unsigned char>(value)));
        }
        text.remove_prefix(close + 2);
    }
    return out.append(text);
}

class Parser {
  public:
    base::Result<Scenario> run(std::string_view text) {
        if (text.ends_with('\n')) {
            text.remove_suffix(1); // the line end of the last line begins no line
        }
        for (const std::string_view line : base::split(text, '\n')) {
            ++number_;
            if (line.starts_with('[') && line.ends_with(']')) {
                if (auto begun = begin_section(line.substr(1, line.size() - 2)); !begun) {
                    return base::refuse(begun.error());
                }
            } else if (auto read = read_line(line); !read) {
                return base::refuse(read.error());
            }
        }
        if (scenario_.title.empty() || scenario_.expected.empty()) {
            return base::refuse("a scenario needs a title and an [expect] section", number_);
        }
        trim_message();
        return std::move(scenario_);
    }

  private:
    enum class Section { head, config, zone, session, message, sign, edit, expect };

    Error begin_section(std::string_view name) {
        if (base::istarts_with(name, "sign ")) {
            section_ = Section::sign;
            scenario_.steps.emplace_back(Sign{std::string(name.substr(5)), {}});
            return {};
        }
        constexpr std::pair<std::string_view, Section> names[] = {
            {"config", Section::config},   {"zone", Section::zone}, {"session", Section::session},
            {"message", Section::message}, {"edit", Section::edit}, {"expect", Section::expect}};
        for (const auto& [word, section] : names) {
            if (word == name) {
                section_ = section;
                return {};
            }
        }
        return base::refuse(fmt::format("unknown section [{}]", name), number_);
    }

    Error read_line(std::string_view line) {
        switch (section_) {
        case Section::head:
            return read_head(line);
        case Section::config:
            scenario_.config += fmt::format("{}\n", line);
            return {};
        case Section::zone:
            scenario_.zone += fmt::format("{}\n", line);
            return {};
        case Section::session:
            return read_session(line);
        case Section::message:
            scenario_.message += with_bytes(line) + '\n';
            return {};
        case Section::sign:
            add_tags(line);
            return {};
        case Section::edit:
            return read_edit(line);
        case Section::expect:
            if (!is_blank(line)) {
                scenario_.expected.emplace_back(base::trim_wsp(line));
            }
            return {};
        }
        return {};
    }

    static bool is_blank(std::string_view line) { return line.empty() || line.starts_with('#'); }

    Error read_head(std::string_view line) {
        if (line.starts_with("title: ")) {
            scenario_.title = line.substr(7);
        } else if (!is_blank(line)) {
            return base::refuse("before the first section only the title and comments stand", number_);
        }
        return {};
    }

    Error read_session(std::string_view line) {
        if (is_blank(line)) {
            return {};
        }
        const auto blank = line.find(' ');
        const std::string_view word = line.substr(0, blank);
        const std::string value = with_bytes(blank == std::string_view::npos ? "" : line.substr(blank + 1));
        if (word == "client") {
            scenario_.connection.client.address = base::IpAddress::parse(value);
            return scenario_.connection.client.address ? Error() : base::refuse("not an address", number_);
        }
        if (word == "port") {
            return read_number(value, scenario_.connection.client.port.emplace());
        }
        if (word == "now") {
            return read_number(value, scenario_.now);
        }
        if (word == "client-resolve") {
            scenario_.connection.client.name_confirmed = value == "OK";
            return {};
        }
        if (word == "rcpt-to") {
            scenario_.recipients.emplace_back(value);
            return {};
        }
        if (word == "macro") {
            add_macro(value);
            return {};
        }
        std::string* const text = session_text(word);
        if (text == nullptr) {
            return base::refuse(fmt::format("unknown session line '{}'", word), number_);
        }
        *text = value;
        return {};
    }

    // "{name} value"
    void add_macro(const std::string& text) {
        const auto end = std::min(text.find(' '), text.size());
        scenario_.sender.macros.emplace_back(text.substr(0, end),
                                             base::trim_wsp(std::string_view(text).substr(end)));
    }

    template <class Number>
    Error read_number(std::string_view value, Number& number) const {
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        return error == std::errc() && end == value.data() + value.size()
                   ? Error()
                   : base::refuse("not a number that can stand here", number_);
    }

    std::string* session_text(std::string_view word) {
        const std::pair<std::string_view, std::string*> texts[] = {
            {"mta", &scenario_.connection.mta_name},
            {"client-name", &scenario_.connection.client.name},
            {"helo", &scenario_.helo},
            {"mail-from", &scenario_.sender.path},
            {"daemon-name", &scenario_.sender.daemon_name},
            {"daemon-port", &scenario_.sender.daemon_port},
            {"auth-type", &scenario_.sender.auth_type},
            {"auth", &scenario_.sender.auth_authen}};
        for (const auto& [name, text] : texts) {
            if (name == word) {
                return text;
            }
        }
        return nullptr;
    }

    // Lines of one signature become one folded field.
    void add_tags(std::string_view line) {
        std::string& tags = std::get<Sign>(scenario_.steps.back()).tags;
        if (!is_blank(line)) {
            tags += (tags.empty() ? " " : "\r\n\t") + with_bytes(base::trim_wsp(line));
        }
    }

    Error read_edit(std::string_view line) {
        const auto words = dns::split_words(line);
        if (!words) {
            return base::refuse(words.error().message, number_);
        }
        if (words->empty()) {
            return {};
        }
        const std::string& verb = words->front().text;
        if (verb == "prepend" && words->size() >= 2) {
            for (auto field = words->begin() + 1; field != words->end(); ++field) {
                scenario_.steps.emplace_back(Prepend{with_bytes(field->text)});
            }
        } else if (verb == "append" && words->size() == 2) {
            scenario_.steps.emplace_back(Append{with_bytes((*words)[1].text)});
        } else if (verb == "replace" && words->size() == 3) {
            scenario_.steps.emplace_back(Replace{with_bytes((*words)[1].text), with_bytes((*words)[2].text)});
        } else {
            return base::refuse("expected prepend \"FIELD\"..., append \"LINE\" or replace \"TEXT\" \"TEXT\"",
                                number_);
        }
        return {};
    }

    // The blank line before the next section is for the eye, not for the message.
    void trim_message() {
        if (scenario_.message.ends_with("\n\n")) {
            scenario_.message.pop_back();
        }
    }

    Scenario scenario_;
    Section section_ = Section::head;
    std::size_t number_ = 0;
};

} // namespace

base::Result<Scenario> parse(std::string_view text) {
    return Parser().run(text);
}

} // namespace scenario
