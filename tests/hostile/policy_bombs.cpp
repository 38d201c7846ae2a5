// DMARC records and trees.
#include "bomb.h"

#include <fmt/format.h>

namespace hostile {

namespace {

Bomb policy(std::string name, const std::string& record, std::size_t times = 1) {
    Bomb bomb = plain(std::move(name));
    bomb.fields.front().body = " any@policy.test";
    for (std::size_t i = 0; i < times; ++i) {
        bomb.zone.add("TXT _dmarc.policy.test", record);
    }
    return bomb;
}

// Ten authors deep below ten organizations, ten signatures deep below others, none of which aligns.
Bomb forest() {
    Bomb bomb = plain("ten author domains of 122 labels beside a record at every level");
    std::string list;
    for (int i = 0; i < 10; ++i) {
        list += fmt::format("{} a@{}tree{}.test", i == 0 ? "" : ",", repeat("a.", 115), i);
    }
    bomb.fields.front().body = list;
    bomb.zone.otherwise([](const dns::Question& question) {
        if (question.type != dns::Type::txt || !question.name.starts_with("_dmarc.")) {
            return dns::no_name();
        }
        dns::Answer answer;
        answer.status = dns::Status::found;
        answer.texts = {"v=DMARC1; p=reject; np=none; sp=quarantine; rua=mailto:a@b.test"};
        return answer;
    });
    return bomb;
}

} // namespace

std::vector<Bomb> policy_bombs() {
    return {
        forest(),
        policy("a record of 60 KB", "v=DMARC1; p=reject; rua=" + repeat("mailto:a@b.test,", 3700)),
        policy("a record of 8 KB of addresses", "v=DMARC1; p=reject; rua=" + repeat("mailto:a@b.test,", 500)),
        policy("a record of 8 KB of tags", "v=DMARC1; p=reject;" + repeat("a=b;", 2000)),
        policy("a record of 8 KB of percent signs",
               "v=DMARC1; p=reject; rua=mailto:" + repeat("%41", 2600) + "@b.test"),
        policy("2000 DMARC records", "v=DMARC1; p=reject", 2000),
        policy("16 records of 4 KB", "v=DMARC1; p=reject; rua=" + repeat("mailto:a@b.test,", 250), 16),
    };
}

} // namespace hostile
