// How a setting's value passes between Value and the field of a structure: one pair of overloads for each
// type of field.
#pragma once

#include "config/choices.h"
#include "config/schema.h"

namespace config {

inline void assign(bool& field, const Value& value) {
    field = std::get<bool>(value);
}
inline void assign(int& field, const Value& value) {
    field = static_cast<int>(std::get<std::uint64_t>(value));
}
inline void assign(unsigned& field, const Value& value) {
    field = static_cast<unsigned>(std::get<std::uint64_t>(value));
}
inline void assign(std::size_t& field, const Value& value) {
    field = static_cast<std::size_t>(std::get<std::uint64_t>(value));
}
inline void assign(std::chrono::milliseconds& field, const Value& value) {
    field = std::get<std::chrono::milliseconds>(value);
}
inline void assign(std::chrono::seconds& field, const Value& value) {
    field = std::chrono::duration_cast<std::chrono::seconds>(std::get<std::chrono::milliseconds>(value));
}
inline void assign(std::string& field, const Value& value) {
    field = std::get<std::string>(value);
}
inline void assign(base::SocketName& field, const Value& value) {
    field = std::get<base::SocketName>(value);
}
inline void assign(std::optional<base::UnixTime>& field, const Value& value) {
    field = static_cast<base::UnixTime>(std::get<std::uint64_t>(value));
}
template <class Item>
void assign(std::vector<Item>& field, const Value& value) {
    field = std::get<std::vector<Item>>(value);
}

inline Value to_value(bool field) {
    return field;
}
inline Value to_value(int field) {
    return static_cast<std::uint64_t>(field);
}
inline Value to_value(unsigned field) {
    return std::uint64_t{field};
}
inline Value to_value(std::size_t field) {
    return std::uint64_t{field};
}
inline Value to_value(std::chrono::milliseconds field) {
    return field;
}
inline Value to_value(const std::string& field) {
    return field;
}
inline Value to_value(const base::SocketName& field) {
    return field;
}
inline Value to_value(const std::optional<base::UnixTime>& field) {
    return static_cast<std::uint64_t>(field.value_or(0)); // 0: none
}
template <class Item>
Value to_value(const std::vector<Item>& field) {
    return field;
}

// `Field` is a captureless function object from the structure to a reference to its field, the same for const
// and not, so that reading and writing cannot name different fields.
template <class Target, class Field>
SettingOf<Target> make_setting(std::string_view path, Type type, Field, std::string_view text) {
    return {path, std::move(type), text,
            [](Target& target, const Value& value) { assign(Field{}(target), value); },
            [](const Target& target) { return to_value(Field{}(target)); }};
}

// `choices` are the words and what each stands for.
template <const auto& choices, class Target, class Field>
SettingOf<Target> make_choice(std::string_view path, Field, std::string_view text) {
    Type type{.kind = Kind::word};
    for (const auto& choice : choices) {
        type.words.push_back(choice.word);
    }
    return {path, std::move(type), text,
            [](Target& target, const Value& value) {
                Field{}(target) = choices.at(std::get<Word>(value).index).value;
            },
            [](const Target& target) -> Value { return Word{index_of(choices, Field{}(target))}; }};
}

// A list of words.
template <const auto& choices, class Target, class Field>
SettingOf<Target> make_choices(std::string_view path, Field, std::string_view text) {
    Type type{.kind = Kind::words};
    for (const auto& choice : choices) {
        type.words.push_back(choice.word);
    }
    return {path, std::move(type), text,
            [](Target& target, const Value& value) {
                auto& field = Field{}(target);
                using Item = typename std::decay_t<decltype(field)>::value_type;
                field.clear();
                for (const Word word : std::get<std::vector<Word>>(value)) {
                    field.push_back(static_cast<Item>(choices.at(word.index).value));
                }
            },
            [](const Target& target) -> Value {
                std::vector<Word> words;
                for (const auto& item : Field{}(target)) {
                    words.push_back(
                        Word{index_of(choices, static_cast<std::decay_t<decltype(choices[0].value)>>(item))});
                }
                return words;
            }};
}

template <class Target, class Field>
SettingOf<Target> make_required(std::string_view path, Type type, Field field, std::string_view text) {
    auto setting = make_setting<Target>(path, std::move(type), field, text);
    setting.required = true;
    return setting;
}

} // namespace config
