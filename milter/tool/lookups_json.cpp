#include "milter/tool/lookups_json.h"

#include "dns/answers_file.h"

#include <nlohmann/json.hpp>

namespace milter::tool {

nlohmann::ordered_json to_json(const Lookups& lookups) {
    auto json = nlohmann::ordered_json::array();
    for (const dns::Question& question : lookups.asked()) {
        const dns::Answer& answer = *lookups.known().find(question);
        json.push_back({{"question", print(question)},
                        {"status", print(answer.status)},
                        {"ttl", answer.ttl},
                        {"secure", answer.secure},
                        {"records", print_data(answer)}});
    }
    return json;
}

} // namespace milter::tool
