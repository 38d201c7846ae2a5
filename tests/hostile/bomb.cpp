#include "bomb.h"

#include <iterator>

namespace hostile {

std::string repeat(std::string_view text, std::size_t times) {
    std::string repeated;
    repeated.reserve(text.size() * times);
    for (; times > 0; --times) {
        repeated += text;
    }
    return repeated;
}

Bomb plain(std::string name) {
    Bomb bomb;
    bomb.name = std::move(name);
    bomb.fields = {{"From", " any@evil.test"}, {"To", " bob@example.net"}, {"Subject", " hello"}};
    bomb.zone.add("TXT evil.test", "v=spf1 ip4:203.0.113.0/24 -all")
        .add("TXT _dmarc.evil.test", "v=DMARC1; p=reject");
    return bomb;
}

std::vector<Bomb> all_bombs() {
    std::vector<Bomb> all;
    for (auto list : {header_bombs(), author_bombs(), result_bombs(), signature_bombs(), key_bombs(),
                      sender_bombs(), policy_bombs(), body_bombs(), combined_bombs()}) {
        std::move(list.begin(), list.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace hostile
