#include "milter/tool/compare/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace milter::tool::compare {

namespace {

class Comparison {
  public:
    explicit Comparison(const message::HeaderList& headers) : headers_(headers) {}

    void note(Subject subject, std::string was, std::string is, std::set<std::string> about = {}) {
        if (was != is) {
            found_.push_back({subject, std::move(was), std::move(is), std::move(about), "", ""});
        }
    }

    void fate(const Answer& was, const Answer& is) {
        if (was.fate != is.fate) {
            found_.push_back({Subject::fate,
                              std::string(print(was.fate)),
                              std::string(print(is.fate)),
                              {},
                              was.text,
                              is.text});
        }
    }

    void signatures(std::vector<Signed> was, std::vector<Signed> is) {
        for (const Signed& old : was) {
            const auto same = std::ranges::find_if(is, [&](const Signed& one) {
                return one.name == old.name && one.algorithm == old.algorithm;
            });
            const auto other = same != is.end() ? same : std::ranges::find(is, old.name, &Signed::name);
            if (other == is.end()) {
                note(Subject::signature, "signed", "not signed", {old.name});
            } else {
                signature(old, *other);
                is.erase(other);
            }
        }
        for (const Signed& extra : is) {
            note(Subject::signature, "not signed", "signed", {extra.name});
        }
    }

    // Of several results about one thing, the first ones belong together.
    void results(std::string_view method, Subject subject, const Answer& was, const Answer& is) {
        auto theirs = of_method(was, method);
        auto ours = of_method(is, method);
        for (const auto& [about, ignored] : ours) {
            theirs.try_emplace(about);
        }
        const Written none{};
        for (const auto& [about, before] : theirs) {
            const auto& after = ours[about];
            for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
                const Written& old = i < before.size() ? before[i] : none;
                const Written& now = i < after.size() ? after[i] : none;
                if (old.result != now.result) {
                    found_.push_back({subject, old.result, now.result, {about}, old.why, now.why});
                }
            }
        }
    }

    [[nodiscard]] std::vector<Difference> found() { return std::move(found_); }

  private:
    using ByThing = std::map<std::string, std::vector<Written>>;

    static ByThing of_method(const Answer& answer, std::string_view method) {
        ByThing found;
        for (const Written& one : answer.results) {
            if (one.method == method) {
                found[method == "dmarc" ? "" : one.about].push_back(one);
            }
        }
        return found;
    }

    static std::string text_of(bool given, std::string_view name) {
        return fmt::format("{} {}", given ? "with" : "without", name);
    }

    static std::string seconds(const std::optional<std::uint64_t>& lifetime) {
        return lifetime ? fmt::format("{} s", *lifetime) : "without x=";
    }

    void signature(const Signed& was, const Signed& is) {
        const std::set<std::string> name{was.name};
        note(Subject::algorithm, was.algorithm, is.algorithm, name);
        note(Subject::canonicalization, was.canonicalization, is.canonicalization, name);
        note(Subject::identity, was.identity, is.identity, name);
        note(Subject::time, text_of(was.has_time, "t="), text_of(is.has_time, "t="), name);
        note(Subject::length, text_of(was.has_length, "l="), text_of(is.has_length, "l="), name);
        note(Subject::lifetime, seconds(was.lifetime), seconds(is.lifetime), name);
        fields(was.fields, is.fields);
        order(was.fields, is.fields, name);
    }

    static std::map<std::string, std::size_t> counts(const std::vector<std::string>& fields) {
        std::map<std::string, std::size_t> counted;
        for (const auto& field : fields) {
            ++counted[field];
        }
        return counted;
    }

    void fields(const std::vector<std::string>& was, const std::vector<std::string>& is) {
        auto old = counts(was);
        auto now = counts(is);
        auto all = old;
        all.insert(now.begin(), now.end());
        std::set<std::string> gained, lost, over_gained, over_lost;
        for (const auto& [field, ignored] : all) {
            const std::size_t there = headers_.count(field);
            const std::size_t before = old[field], after = now[field];
            if (std::min(before, there) != std::min(after, there)) {
                (before < after ? gained : lost).insert(field);
            }
            if ((before > there) != (after > there)) {
                (before < after ? over_gained : over_lost).insert(field);
            }
        }
        moved(Subject::field_signed, "signed", gained, lost);
        moved(Subject::field_oversigned, "oversigned", over_gained, over_lost);
    }

    void moved(Subject subject, const std::string& word, const std::set<std::string>& gained,
               const std::set<std::string>& lost) {
        const std::string no = "not " + word;
        if (!gained.empty()) {
            note(subject, no, word, gained);
        }
        if (!lost.empty()) {
            note(subject, word, no, lost);
        }
    }

    // Of those that both sign; who signs more has others between them.
    void order(const std::vector<std::string>& was, const std::vector<std::string>& is,
               const std::set<std::string>& name) {
        const auto firsts = [](const std::vector<std::string>& fields,
                               const std::vector<std::string>& other) {
            std::vector<std::string> kept;
            for (const auto& field : fields) {
                if (std::ranges::find(other, field) != other.end() &&
                    std::ranges::find(kept, field) == kept.end()) {
                    kept.push_back(field);
                }
            }
            return kept;
        };
        if (firsts(was, is) != firsts(is, was)) {
            note(Subject::field_order, "in one order", "in another", name);
        }
    }

    const message::HeaderList& headers_;
    std::vector<Difference> found_;
};

} // namespace

std::string_view print(Subject subject) {
    switch (subject) {
    case Subject::fate:
        return "the message";
    case Subject::authserv_id:
        return "the id of Authentication-Results";
    case Subject::signature:
        return "the message";
    case Subject::algorithm:
        return "a=";
    case Subject::canonicalization:
        return "c=";
    case Subject::identity:
        return "i=";
    case Subject::field_signed:
    case Subject::field_oversigned:
    case Subject::field_order:
        return "h=";
    case Subject::time:
        return "t=";
    case Subject::lifetime:
        return "x=";
    case Subject::length:
        return "l=";
    case Subject::spf:
        return "spf";
    case Subject::dkim:
        return "dkim";
    case Subject::dmarc:
        return "dmarc";
    }
    return {};
}

std::vector<Difference> compare(const Answer& was, const Answer& is, const message::HeaderList& headers,
                                const Scope& scope) {
    Comparison comparison(headers);
    comparison.fate(was, is);
    const auto is_taken = [](Fate fate) { return fate == Fate::accept || fate == Fate::quarantine; };
    if (!is_taken(was.fate) || !is_taken(is.fate)) {
        return comparison.found(); // nothing that is written gets anywhere
    }
    if (scope.signs) {
        comparison.signatures(was.signatures, is.signatures);
    }
    if (!was.ids.empty() && !is.ids.empty() && !std::ranges::includes(was.ids, is.ids)) {
        comparison.note(Subject::authserv_id, *was.ids.begin(), *is.ids.begin());
    }
    if (scope.spf) {
        comparison.results("spf", Subject::spf, was, is);
    }
    if (scope.dkim) {
        comparison.results("dkim", Subject::dkim, was, is);
    }
    if (scope.dmarc) {
        comparison.results("dmarc", Subject::dmarc, was, is);
    }
    return comparison.found();
}

} // namespace milter::tool::compare
