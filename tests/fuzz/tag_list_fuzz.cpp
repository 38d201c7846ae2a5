// Tag lists: values lie where they are said to lie, and print to a list that reads the same.
#include "fuzz/property.h"
#include "tag_list/tag_list.h"

#include <set>

namespace {

void check_tag(const tag_list::Tag& tag, std::string_view source) {
    fuzz::require(source.substr(tag.position, tag.name.size()) == tag.name,
                  "a name is where it is said to be");
    fuzz::require(tag.raw_begin <= tag.raw_end && tag.raw_end <= source.size(), "a value lies in the source");
    const auto raw = source.substr(tag.raw_begin, tag.raw_end - tag.raw_begin);
    fuzz::require(raw.find(';') == std::string_view::npos, "a value ends at the semicolon");
    fuzz::require(raw.find(tag.value) != std::string_view::npos, "the value is a part of its raw text");
    fuzz::require(tag_list::fws_length(tag.value) == 0, "no white space before a value");
    for (const auto part : tag_list::split_colons(tag.value)) {
        fuzz::require(part.find(':') == std::string_view::npos, "colons separate");
    }
    fuzz::require(tag_list::remove_fws(tag_list::remove_fws(tag.value)) == tag_list::remove_fws(tag.value),
                  "white space is removed at once");
}

void run(std::string_view input) {
    const auto list = tag_list::TagList::parse(input);
    if (!list) {
        fuzz::require(list.error().position <= input.size(), "a refusal points into the text");
        return;
    }
    fuzz::require(list->tags().size() <= tag_list::max_tags, "tags are bounded");
    std::set<std::string_view> names;
    for (const auto& tag : list->tags()) {
        fuzz::require(names.insert(tag.name).second, "no tag stands twice");
        fuzz::require(list->find(tag.name) == &tag, "every tag is found by its name");
        check_tag(tag, input);
    }
    const auto text = tag_list::print(*list);
    const auto again = tag_list::TagList::parse(text);
    fuzz::require(again && again->tags().size() == list->tags().size(), "a list survives its own text");
    for (std::size_t i = 0; i < list->tags().size(); ++i) {
        fuzz::require(again->tags()[i].name == list->tags()[i].name &&
                          again->tags()[i].value == list->tags()[i].value,
                      "a tag survives its own text");
    }
}

const fuzz::Target target("tag_list", run);

} // namespace
